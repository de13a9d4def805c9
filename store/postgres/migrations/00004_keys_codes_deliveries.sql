-- +goose Up
CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    hash       BYTEA NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    used_at    TIMESTAMPTZ
);

CREATE TABLE codes (
    phone      TEXT PRIMARY KEY,
    hash       BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE guesses (
    name         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    misses       INTEGER NOT NULL,
    locked_until TIMESTAMPTZ,
    PRIMARY KEY (name, subject)
);

CREATE TABLE deliveries (
    provider_id TEXT PRIMARY KEY,
    state       TEXT NOT NULL,
    rank        INTEGER NOT NULL,
    reason      TEXT,
    network     TEXT,
    retries     INTEGER NOT NULL,
    reported_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE messages ADD COLUMN once BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE messages ADD COLUMN expires_at TIMESTAMPTZ;
ALTER TABLE messages DROP CONSTRAINT messages_status_check;
ALTER TABLE messages ADD CONSTRAINT messages_status_check
    CHECK (status IN ('queued', 'sent', 'failed', 'logged', 'unknown'));
