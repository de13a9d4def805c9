-- +goose Up
-- What providers of mobile money posted, as it came.
CREATE TABLE payment_callbacks (
    id          TEXT PRIMARY KEY,       -- a hash of what was posted and where
    provider    TEXT NOT NULL,
    route       TEXT NOT NULL,          -- the kind of address
    intent      TEXT,                   -- the payment that the address belongs to
    token       TEXT,                   -- its token, which came with the address
    body        TEXT NOT NULL,
    peer        TEXT NOT NULL,          -- the address of who posted it
    received_at TIMESTAMPTZ NOT NULL,
    handled_at  TIMESTAMPTZ,            -- when it was worked through
    note        TEXT                    -- how that ended
);
CREATE INDEX payment_callbacks_intent ON payment_callbacks (intent, received_at);
CREATE INDEX payment_callbacks_route ON payment_callbacks (provider, route, received_at);
CREATE INDEX payment_callbacks_received ON payment_callbacks (received_at);

-- Values that all instances share, and that one of them renews, such as a provider's access
-- token, sealed.
CREATE TABLE shared_values (
    name       TEXT PRIMARY KEY,
    value_id   TEXT NOT NULL DEFAULT '',  -- made anew for each value
    value      TEXT NOT NULL DEFAULT '',
    expires_at TIMESTAMPTZ,
    holder     TEXT,                      -- who renews it
    held_until TIMESTAMPTZ
);
