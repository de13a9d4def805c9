-- +goose Up
-- Times are UTC texts of one width ("2006-01-02T15:04:05.000000Z"), so the order of the
-- texts is the order of the times.
CREATE TABLE workers (
    id                       INTEGER PRIMARY KEY AUTOINCREMENT,
    worker_id                TEXT NOT NULL UNIQUE CHECK (length(worker_id) <= 20),
    phone                    TEXT NOT NULL UNIQUE CHECK (length(phone) <= 20),
    name                     TEXT CHECK (length(name) <= 255),
    stellar_public_key       TEXT NOT NULL UNIQUE CHECK (length(stellar_public_key) <= 56),
    stellar_secret_encrypted TEXT NOT NULL,
    created_at               TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
    verified_at              TEXT
);

CREATE TABLE action_log (
    id          TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    result      BLOB,
    created_at  TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX action_log_created_at ON action_log (created_at);

CREATE TABLE messages (
    id          TEXT PRIMARY KEY,
    recipient   TEXT NOT NULL,
    text        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'logged')),
    provider_id TEXT,
    error       TEXT,
    created_at  TEXT NOT NULL,
    sent_at     TEXT
);
CREATE INDEX messages_created_at ON messages (created_at, id);

CREATE TABLE remembered (
    service    TEXT NOT NULL,
    phone      TEXT NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL CHECK (json_valid(value)),
    updated_at TEXT NOT NULL,
    PRIMARY KEY (service, phone, name)
) WITHOUT ROWID;

CREATE TABLE limits (
    name      TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    starts_at TEXT    NOT NULL,
    ends_at   TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (name, subject, starts_at, ends_at)
) WITHOUT ROWID;
CREATE INDEX limits_ends_at ON limits (ends_at);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
