-- +goose Up
-- What the service owes to whom. Caller and escrow accounts are guarded: they may not go
-- below zero, and their balance is stored. The others are summed from the transfers.
CREATE TABLE ledger_accounts (
    id      INTEGER PRIMARY KEY,
    code    TEXT NOT NULL UNIQUE,       -- as "caller:NW-9C7A7A9D"
    kind    TEXT NOT NULL CHECK (kind IN ('caller', 'escrow', 'clearing', 'fee', 'suspense')),
    guarded BOOLEAN NOT NULL,
    posted  INTEGER NOT NULL DEFAULT 0,  -- cents
    held    INTEGER NOT NULL DEFAULT 0,  -- cents that pending transfers take
    version INTEGER NOT NULL DEFAULT 0,
    CHECK (guarded = (kind IN ('caller', 'escrow'))),
    CHECK (held >= 0),
    CHECK (NOT guarded OR posted - held >= 0),
    CHECK (guarded OR (posted = 0 AND held = 0))
);

-- Every movement of money, in whole cents. Rows are only added.
CREATE TABLE ledger_transfers (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,  -- made by who asks for the transfer
    fingerprint  TEXT NOT NULL,         -- SHA-256 of the row
    phase        TEXT NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void')),
    debit        INTEGER NOT NULL REFERENCES ledger_accounts (id),
    credit       INTEGER NOT NULL REFERENCES ledger_accounts (id),
    amount       INTEGER NOT NULL CHECK (amount > 0),
    pending_id   TEXT UNIQUE REFERENCES ledger_transfers (id),  -- resolved once
    reverses     TEXT UNIQUE REFERENCES ledger_transfers (id),  -- reversed once
    what         TEXT NOT NULL,
    intent       TEXT,                  -- the payment it belongs to
    provider     TEXT,
    receipt      TEXT,
    effective_at TEXT NOT NULL,
    recorded_at  TEXT NOT NULL,
    actor        TEXT NOT NULL,
    CHECK (debit <> credit),
    CHECK ((phase IN ('post', 'void')) = (pending_id IS NOT NULL)),
    CHECK ((provider IS NULL) = (receipt IS NULL)),
    UNIQUE (provider, receipt)
);
CREATE INDEX ledger_by_debit ON ledger_transfers (debit, seq);
CREATE INDEX ledger_by_credit ON ledger_transfers (credit, seq);
CREATE INDEX ledger_by_intent ON ledger_transfers (intent) WHERE intent IS NOT NULL;

-- Refuses to change what was booked.
-- +goose StatementBegin
CREATE TRIGGER ledger_stays_unchanged BEFORE UPDATE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'rows of the table ledger_transfers are only added; book a reversal');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'rows of the table ledger_transfers are only added; book a reversal');
END;
-- +goose StatementEnd

-- Deposits and withdrawals, from the caller's Yes to the provider's word.
CREATE TABLE payments (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal')),
    worker_id  TEXT NOT NULL,
    phone      TEXT NOT NULL,           -- MSISDN
    amount     INTEGER NOT NULL CHECK (amount > 0),  -- cents
    fee        INTEGER NOT NULL CHECK (fee >= 0),
    lang       TEXT NOT NULL,
    provider   TEXT NOT NULL,
    reference  TEXT NOT NULL UNIQUE,    -- what the provider knows it by
    token      TEXT NOT NULL,           -- of its callback address
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'pending', 'unclear', 'succeeded', 'ended', 'review')),
    request    TEXT,                    -- the provider's IDs of the request
    second     TEXT,
    receipt    TEXT,
    code       TEXT,                    -- the provider's last words
    reason     TEXT,
    asked      INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    sent_at    TEXT
);
CREATE INDEX payments_worker ON payments (worker_id, created_at);
CREATE INDEX payments_phone ON payments (phone);
CREATE INDEX payments_open ON payments (changed_at) WHERE state NOT IN ('succeeded', 'ended');
CREATE UNIQUE INDEX payments_one_withdrawal ON payments (worker_id)
    WHERE kind = 'withdrawal' AND state NOT IN ('succeeded', 'ended');

-- What a person must decide about money.
CREATE TABLE payment_cases (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    payment   TEXT,                     -- the deposit or withdrawal, if there is one
    transfer  TEXT,                     -- what was booked meanwhile
    provider  TEXT,
    receipt   TEXT,
    account   TEXT,                     -- the account number that the payer typed
    amount    INTEGER NOT NULL,          -- cents
    detail    TEXT NOT NULL,            -- what is known, without a phone number
    opened_at TEXT NOT NULL,
    closed_at TEXT
);
CREATE INDEX payment_cases_open ON payment_cases (opened_at) WHERE closed_at IS NULL;

-- Who decided what about a case. Above a limit it takes two persons.
CREATE TABLE payment_decisions (
    case_id    TEXT NOT NULL REFERENCES payment_cases (id),
    actor      TEXT NOT NULL,
    decision   TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    PRIMARY KEY (case_id, actor)
);

-- The PINs of workers: argon2id of a keyed hash, whose key is not in the database.
CREATE TABLE pins (
    worker_id  TEXT PRIMARY KEY,
    hash       TEXT NOT NULL,
    set_at     TEXT NOT NULL,
    session    TEXT,                    -- the call that may change it
    session_until TEXT
);
