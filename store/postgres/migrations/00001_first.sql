-- +goose Up
-- IF NOT EXISTS lets this migration also run on the legacy service's database: its table
-- stays and gets a column.
CREATE TABLE IF NOT EXISTS workers (
    id                       SERIAL PRIMARY KEY,
    worker_id                VARCHAR(20) UNIQUE NOT NULL,
    phone                    VARCHAR(20) UNIQUE NOT NULL,
    name                     VARCHAR(255),
    stellar_public_key       VARCHAR(56) UNIQUE NOT NULL,
    stellar_secret_encrypted TEXT NOT NULL,
    created_at               TIMESTAMPTZ DEFAULT NOW()
);
ALTER TABLE workers ADD COLUMN verified_at TIMESTAMPTZ;

CREATE TABLE action_log (
    id          TEXT PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    result      BYTEA,
    created_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX action_log_created_at ON action_log (created_at);

CREATE TABLE messages (
    id          TEXT PRIMARY KEY,
    recipient   TEXT NOT NULL,
    text        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'logged')),
    provider_id TEXT,
    error       TEXT,
    created_at  TIMESTAMPTZ NOT NULL,
    sent_at     TIMESTAMPTZ
);
CREATE INDEX messages_created_at ON messages (created_at, id);

CREATE TABLE remembered (
    service    TEXT NOT NULL,
    phone      TEXT NOT NULL,
    name       TEXT NOT NULL,
    value      JSON NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (service, phone, name)
);

CREATE TABLE limits (
    name      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at   TIMESTAMPTZ NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (name, subject, starts_at, ends_at)
);
CREATE INDEX limits_ends_at ON limits (ends_at);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
