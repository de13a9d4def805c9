-- +goose Up
-- What the database knows of each call that acted or was recovered.
CREATE TABLE call_states (
    id         TEXT PRIMARY KEY,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    epoch      INTEGER NOT NULL CHECK (epoch > 0),
    length     INTEGER NOT NULL CHECK (length >= 0),
    program    TEXT    NOT NULL,
    caller     TEXT    NOT NULL,
    kept       BOOLEAN NOT NULL,
    state      BLOB,
    began_at   TEXT    NOT NULL
);
CREATE INDEX call_states_began_at ON call_states (began_at) WHERE NOT kept;
CREATE INDEX call_states_caller ON call_states (caller);

-- Calls that began before this time may have acted without a row in call_states.
INSERT INTO settings (key, value) VALUES ('call_states_since', strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'));
