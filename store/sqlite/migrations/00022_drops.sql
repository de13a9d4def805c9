-- +goose Up
-- Callers whose last call to a menu may have dropped, and the SMS to send then.
CREATE TABLE drops (
    menu        TEXT NOT NULL,
    caller      TEXT NOT NULL,          -- MSISDN
    session     TEXT NOT NULL,
    text        TEXT,                   -- the SMS; none where the caller left nothing open
    due_at      TEXT,                   -- when it goes out
    done        BOOLEAN NOT NULL,       -- the call has reached a goal
    quiet_until TEXT,                   -- no other SMS goes out until then
    shown_at    TEXT NOT NULL,          -- when the last screen was shown
    PRIMARY KEY (menu, caller)
);
CREATE INDEX drops_due ON drops (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX drops_session ON drops (session);
CREATE INDEX drops_shown ON drops (shown_at);
