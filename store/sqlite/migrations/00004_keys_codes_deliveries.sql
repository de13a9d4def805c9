-- +goose Up
CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    used_at    TEXT
) WITHOUT ROWID;

CREATE TABLE codes (
    phone      TEXT PRIMARY KEY,
    hash       BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE guesses (
    name         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    misses       INTEGER NOT NULL,
    locked_until TEXT,
    PRIMARY KEY (name, subject)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    provider_id TEXT PRIMARY KEY,
    state       TEXT    NOT NULL,
    rank        INTEGER NOT NULL,
    reason      TEXT,
    network     TEXT,
    retries     INTEGER NOT NULL,
    reported_at TEXT    NOT NULL
) WITHOUT ROWID;

-- SQLite can't change a CHECK, so this copies the rows into a new table.
CREATE TABLE messages_new (
    id          TEXT PRIMARY KEY,
    recipient   TEXT NOT NULL,
    text        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'logged', 'unknown')),
    provider_id TEXT,
    error       TEXT,
    created_at  TEXT NOT NULL,
    sent_at     TEXT,
    once        INTEGER NOT NULL DEFAULT 0 CHECK (once IN (0, 1)),
    expires_at  TEXT
);
INSERT INTO messages_new (id, recipient, text, status, provider_id, error, created_at, sent_at)
    SELECT id, recipient, text, status, provider_id, error, created_at, sent_at FROM messages;
DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;
CREATE INDEX messages_created_at ON messages (created_at, id);
