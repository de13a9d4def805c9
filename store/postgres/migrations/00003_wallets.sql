-- +goose Up
CREATE TABLE wallet_fundings (
    address          TEXT PRIMARY KEY,
    state            TEXT NOT NULL CHECK (state IN ('held', 'pending', 'submitted', 'funded', 'failed')),
    transaction_hash TEXT,
    problem          TEXT,
    tries            INTEGER NOT NULL,
    asked            INTEGER NOT NULL,
    due_at           TIMESTAMPTZ NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    changed_at       TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'submitted') <= (transaction_hash IS NOT NULL))
);
CREATE INDEX wallet_fundings_due ON wallet_fundings (due_at, address) WHERE state = 'pending';
CREATE INDEX wallet_fundings_transaction ON wallet_fundings (transaction_hash);

CREATE TABLE wallet_channels (
    address    TEXT PRIMARY KEY,
    funder     TEXT NOT NULL,
    place      INTEGER NOT NULL,
    opened     BOOLEAN NOT NULL,
    holder     TEXT,
    held_until TIMESTAMPTZ,
    used_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (funder, place)
);

CREATE TABLE wallet_transactions (
    hash       TEXT PRIMARY KEY,
    channel    TEXT NOT NULL REFERENCES wallet_channels (address),
    sequence   BIGINT NOT NULL,
    envelope   TEXT NOT NULL,
    until      TIMESTAMPTZ NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('submitted', 'succeeded', 'failed', 'expired')),
    result     TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE UNIQUE INDEX wallet_transactions_in_flight ON wallet_transactions (channel) WHERE state = 'submitted';
