-- +goose Up
-- Comparisons of the ledger with a provider's own books.
CREATE TABLE reconciliations (
    id         TEXT PRIMARY KEY,
    provider   TEXT NOT NULL,
    began_at   TEXT NOT NULL,
    ended_at   TEXT,             -- not set while answers are awaited
    balance_at TEXT,             -- when the provider had its balance
    theirs     BIGINT NOT NULL,         -- cents: what the provider had
    ours       BIGINT NOT NULL,         -- cents: what the clearing accounts said
    agreed     BOOLEAN NOT NULL,        -- the balances agreed, or a person has explained the difference
    report     TEXT NOT NULL            -- what was found, JSON without phone numbers
);
CREATE INDEX reconciliations_ended ON reconciliations (provider, ended_at);
