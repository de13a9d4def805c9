-- The schema of a new Postgres database after all migrations. The migrations are in
-- store/postgres/migrations; a test compares the two. SQLite's migrations are in
-- store/sqlite/migrations.

-- One account. The first seven columns are the legacy service's, which can still run on
-- this table; added columns are nullable.
CREATE TABLE workers (
    id                       SERIAL PRIMARY KEY,
    worker_id                VARCHAR(20) UNIQUE NOT NULL,  -- NW- and 8 upper-case hex digits
    phone                    VARCHAR(20) UNIQUE NOT NULL,  -- digits with country code; in rows of the legacy service, as it stored them
    name                     VARCHAR(255),
    stellar_public_key       VARCHAR(56) UNIQUE NOT NULL,
    stellar_secret_encrypted TEXT NOT NULL,                -- a Fernet token, or an envelope (ADR 27)
    created_at               TIMESTAMPTZ DEFAULT NOW(),
    verified_at              TIMESTAMPTZ,                  -- when the number proved to be the caller's own
    set_aside_at             TIMESTAMPTZ                   -- when a person decided that another account answers for the number
);

-- Turns a phone number in any form that people type into its digits with country code, as
-- gateways send them: 0712 345-678 becomes 254712345678. NULL for any other text.
CREATE FUNCTION paytrace_msisdn(phone TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
SELECT CASE
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^((\+|00)?254|0)?[17][0-9]{8}$'
        THEN '254' || right(translate(phone, ' -().;' || chr(9), ''), 9)
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^(\+|00)?[1-9][0-9]{6,14}$'
        THEN substring(translate(phone, ' -().;' || chr(9), '') FROM '[1-9][0-9]*$')
END
$body$;
CREATE INDEX workers_msisdn ON workers (paytrace_msisdn(phone));

-- Actions that have run: the identity, a fingerprint of the arguments, and the result,
-- which answers a repeat. result is NULL only inside the transaction that runs the action.
CREATE TABLE action_log (
    id          TEXT PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    result      BYTEA,
    created_at  TIMESTAMPTZ NOT NULL,
    kept        SMALLINT NOT NULL DEFAULT 0  -- 1: it moved money and is never purged
);
CREATE INDEX action_log_created_at ON action_log (created_at);

-- What the database knows of each call that acted or was recovered. A state replaces an
-- earlier one only (see store.CallState), so a late writer changes nothing.
CREATE TABLE call_states (
    id         TEXT PRIMARY KEY,                            -- a keyed hash
    generation INTEGER NOT NULL CHECK (generation >= 0),    -- how often the gateway used the session's ID again
    epoch      INTEGER NOT NULL CHECK (epoch > 0),          -- counts results and recoveries
    length     INTEGER NOT NULL CHECK (length >= 0),        -- how many bytes of the call's text the state contains
    program    TEXT NOT NULL,                               -- the menu's hash
    caller     TEXT NOT NULL,                               -- MSISDN; empty once the caller is forgotten
    kept       BOOLEAN NOT NULL,                            -- it moved money and is never purged
    state      BYTEA,                                       -- JSON without secrets; NULL once the caller is forgotten
    began_at   TIMESTAMPTZ NOT NULL                         -- the first save of this generation
);
CREATE INDEX call_states_began_at ON call_states (began_at) WHERE NOT kept;
CREATE INDEX call_states_caller ON call_states (caller);
CREATE INDEX call_states_full ON call_states (began_at) WHERE state IS NOT NULL;

-- SMS, with what became of them.
CREATE TABLE messages (
    id          TEXT PRIMARY KEY,  -- the action, and its position there
    recipient   TEXT NOT NULL,     -- MSISDN
    text        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'logged', 'unknown')),
    provider_id TEXT,              -- the provider's ID of it; see deliveries
    error       TEXT,
    created_at  TIMESTAMPTZ NOT NULL,
    sent_at     TIMESTAMPTZ,
    once        BOOLEAN NOT NULL DEFAULT FALSE,  -- a one-time code: never sent a second time by itself
    expires_at  TIMESTAMPTZ        -- it is not sent after this time
);
CREATE INDEX messages_created_at ON messages (created_at, id);

-- What a menu remembers about a caller between calls. JSON, not JSONB, since a value is
-- returned byte for byte.
CREATE TABLE remembered (
    service    TEXT NOT NULL,
    phone      TEXT NOT NULL,
    name       TEXT NOT NULL,
    value      JSON NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (service, phone, name)
);

-- How often a subject did something in a window of time.
CREATE TABLE limits (
    name      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at   TIMESTAMPTZ NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (name, subject, starts_at, ends_at)
);
CREATE INDEX limits_ends_at ON limits (ends_at);

-- Values that belong to this database, such as the check tag of the ID key, and
-- call_states_since, when the table call_states was made.
CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Wallets to fund, and their progress. A wallet of the legacy service has no row until its
-- funding is asked for.
CREATE TABLE wallet_fundings (
    address          TEXT PRIMARY KEY,      -- workers.stellar_public_key; no reference, since an account may be forgotten
    state            TEXT NOT NULL CHECK (state IN ('held', 'pending', 'submitted', 'funded', 'failed')),
    transaction_hash TEXT,                  -- the last transaction that funds it
    problem          TEXT,                  -- why it is not funded yet
    tries            INTEGER NOT NULL,      -- how often this wallet itself was refused
    asked            INTEGER NOT NULL,      -- how often it was asked for; a part of its job's key
    due_at           TIMESTAMPTZ NOT NULL,  -- not before this
    created_at       TIMESTAMPTZ NOT NULL,
    changed_at       TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'submitted') <= (transaction_hash IS NOT NULL))
);
CREATE INDEX wallet_fundings_due ON wallet_fundings (due_at, address) WHERE state = 'pending';
CREATE INDEX wallet_fundings_transaction ON wallet_fundings (transaction_hash);

-- Accounts whose sequence numbers the funding transactions use. One holder at a time uses a
-- channel. Place 0 is the funding account itself.
CREATE TABLE wallet_channels (
    address    TEXT PRIMARY KEY,
    funder     TEXT NOT NULL,
    place      INTEGER NOT NULL,
    opened     BOOLEAN NOT NULL,            -- whether the account exists on the network
    holder     TEXT,
    held_until TIMESTAMPTZ,
    used_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (funder, place)
);

-- Funding transactions, signed and stored before they are submitted. A channel has at most
-- one in flight.
CREATE TABLE wallet_transactions (
    hash       TEXT PRIMARY KEY,            -- 64 hex digits
    channel    TEXT NOT NULL REFERENCES wallet_channels (address),
    sequence   BIGINT NOT NULL,
    envelope   TEXT NOT NULL,               -- XDR, base64
    until      TIMESTAMPTZ NOT NULL,        -- its upper time bound
    state      TEXT NOT NULL CHECK (state IN ('submitted', 'succeeded', 'failed', 'expired')),
    result     TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE UNIQUE INDEX wallet_transactions_in_flight ON wallet_transactions (channel) WHERE state = 'submitted';
CREATE INDEX wallet_transactions_sequence ON wallet_transactions (channel, sequence);

-- Sources of compiled menus, for the sessions that began on them. An instance that was
-- restarted, or has a newer version, compiles them again from here.
CREATE TABLE programs (
    hash       TEXT PRIMARY KEY,
    source     BYTEA NOT NULL,       -- the menu's files, as JSON
    keep_until TIMESTAMPTZ NOT NULL  -- no session can use it after this time
);
CREATE INDEX programs_keep_until ON programs (keep_until);

-- What happened at each callback, for the person who helps a caller later. Written in
-- batches, apart from the calls, and stored for CALL_JOURNAL_DAYS. Of the input it has only
-- the numbers of options.
CREATE TABLE calls (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       TIMESTAMPTZ NOT NULL,
    caller   TEXT NOT NULL,     -- MSISDN
    session  TEXT NOT NULL,
    provider TEXT NOT NULL,
    service  TEXT NOT NULL,
    program  TEXT NOT NULL,     -- the menu's hash
    screen   TEXT NOT NULL,
    heard    TEXT NOT NULL,     -- the chosen option, or the kind of answer in parentheses
    shown    TEXT NOT NULL,     -- the screen's text
    ended    BOOLEAN NOT NULL,
    took_us  BIGINT NOT NULL,   -- microseconds
    fault    TEXT,
    network  TEXT NOT NULL DEFAULT '',
    goals    TEXT NOT NULL DEFAULT '',         -- what the call has reached in this callback
    wrong    BOOLEAN NOT NULL DEFAULT FALSE,   -- the input was a wrong answer
    turn     INTEGER NOT NULL DEFAULT -1       -- counts the inputs of the call
);
CREATE INDEX calls_caller ON calls (caller, at);
CREATE INDEX calls_at ON calls (at);
CREATE INDEX calls_session ON calls (session);

-- A day's calls of one version of a menu, without numbers and texts.
CREATE TABLE call_days (
    day     TEXT NOT NULL,  -- as 2026-11-30, in UTC
    menu    TEXT NOT NULL,
    program TEXT NOT NULL,  -- the menu's hash
    summary TEXT NOT NULL,  -- JSON
    PRIMARY KEY (day, menu, program)
);

-- Menus as they were published.
CREATE TABLE menu_versions (
    menu         TEXT NOT NULL,
    number       INTEGER NOT NULL,
    hash         TEXT NOT NULL,      -- of the program
    source       TEXT NOT NULL,      -- JSON: the menu's files
    author       TEXT NOT NULL,
    note         TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (menu, number)
);

-- Which versions are in force, for whom.
CREATE TABLE menu_stages (
    menu     TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,       -- counts the changes
    state    TEXT NOT NULL           -- JSON
);

-- What people did to other people's data with this program. Rows are only added.
CREATE TABLE audit (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      TIMESTAMPTZ NOT NULL,
    what    TEXT NOT NULL,      -- the subcommand and what it did
    actor   TEXT NOT NULL,      -- the system's user who ran it
    subject TEXT NOT NULL,      -- Worker IDs, IDs of keys or jobs; no number
    detail  TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'done'  -- or failed
);

-- Refuses to change what people did.
CREATE FUNCTION paytrace_audit_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'rows of the table audit are only added';
END
$body$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION paytrace_audit_stays();

-- Who was forgotten, for an hour or two: an instance may have notes in memory that are
-- older, and must not store them.
CREATE TABLE forgotten (
    hash BYTEA NOT NULL,        -- SHA-256 of the time and the number
    at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX forgotten_at ON forgotten (at);

-- Keys to the REST API. A key is shown once, when it is made; only its SHA-256 is stored.
CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,     -- the part of the key that names it
    hash       BYTEA NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,        -- with spaces between them
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    used_at    TIMESTAMPTZ           -- to the minute
);

-- One-time codes that confirm a phone number: a keyed hash of the last one.
CREATE TABLE codes (
    phone      TEXT PRIMARY KEY,
    hash       BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Wrong guesses at a secret since the last right one, and the end of a lock.
CREATE TABLE guesses (
    name         TEXT NOT NULL,      -- of the secret: "code", "pin"
    subject      TEXT NOT NULL,      -- whose it is
    misses       INTEGER NOT NULL,
    locked_until TIMESTAMPTZ,
    PRIMARY KEY (name, subject)
);

-- The furthest state that the SMS provider reported of a message. A report may arrive before
-- the message's own row has the provider's ID.
CREATE TABLE deliveries (
    provider_id TEXT PRIMARY KEY,
    state       TEXT NOT NULL,
    rank        INTEGER NOT NULL,    -- the order of the states; it only rises
    reason      TEXT,
    network     TEXT,
    retries     INTEGER NOT NULL,
    reported_at TIMESTAMPTZ NOT NULL
);

-- Besides these:
--   paytrace_migrations   the applied migrations (written by goose)
--   river_*               background jobs; River makes and changes these tables
--                         with its own migrator (github.com/riverqueue/river)

-- What the service owes to whom. Caller and escrow accounts are guarded: they may not go
-- below zero, and their balance is stored. The others are summed from the transfers.
CREATE TABLE ledger_accounts (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code    TEXT NOT NULL UNIQUE,       -- as "caller:NW-9C7A7A9D"
    kind    TEXT NOT NULL CHECK (kind IN ('caller', 'escrow', 'clearing', 'fee', 'suspense')),
    guarded BOOLEAN NOT NULL,
    posted  BIGINT NOT NULL DEFAULT 0,  -- cents
    held    BIGINT NOT NULL DEFAULT 0,  -- cents that pending transfers take
    version BIGINT NOT NULL DEFAULT 0,
    CHECK (guarded = (kind IN ('caller', 'escrow'))),
    CHECK (held >= 0),
    CHECK (NOT guarded OR posted - held >= 0),
    CHECK (guarded OR (posted = 0 AND held = 0))
);

-- Every movement of money, in whole cents. Rows are only added.
CREATE TABLE ledger_transfers (
    seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,  -- made by who asks for the transfer
    fingerprint  TEXT NOT NULL,         -- SHA-256 of the row
    phase        TEXT NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void')),
    debit        BIGINT NOT NULL REFERENCES ledger_accounts (id),
    credit       BIGINT NOT NULL REFERENCES ledger_accounts (id),
    amount       BIGINT NOT NULL CHECK (amount > 0),
    pending_id   TEXT UNIQUE REFERENCES ledger_transfers (id),  -- resolved once
    reverses     TEXT UNIQUE REFERENCES ledger_transfers (id),  -- reversed once
    what         TEXT NOT NULL,
    intent       TEXT,                  -- the payment it belongs to
    provider     TEXT,
    receipt      TEXT,
    effective_at TIMESTAMPTZ NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL,
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
CREATE FUNCTION paytrace_ledger_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'rows of the table ledger_transfers are only added; book a reversal';
END
$body$;
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION paytrace_ledger_stays();

-- Deposits and withdrawals, from the caller's Yes to the provider's word.
CREATE TABLE payments (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal')),
    worker_id  TEXT NOT NULL,
    phone      TEXT NOT NULL,           -- MSISDN
    amount     BIGINT NOT NULL CHECK (amount > 0),  -- cents
    fee        BIGINT NOT NULL CHECK (fee >= 0),
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
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    sent_at    TIMESTAMPTZ
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
    amount    BIGINT NOT NULL,          -- cents
    detail    TEXT NOT NULL,            -- what is known, without a phone number
    opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);
CREATE INDEX payment_cases_open ON payment_cases (opened_at) WHERE closed_at IS NULL;

-- Who decided what about a case. Above a limit it takes two persons.
CREATE TABLE payment_decisions (
    case_id    TEXT NOT NULL REFERENCES payment_cases (id),
    actor      TEXT NOT NULL,
    decision   TEXT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, actor)
);

-- The PINs of workers: argon2id of a keyed hash, whose key is not in the database.
CREATE TABLE pins (
    worker_id  TEXT PRIMARY KEY,
    hash       TEXT NOT NULL,
    set_at     TIMESTAMPTZ NOT NULL,
    session    TEXT,                    -- the call that may change it
    session_until TIMESTAMPTZ
);

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

-- Callers whose last call to a menu may have dropped, and the SMS to send then.
CREATE TABLE drops (
    menu        TEXT NOT NULL,
    caller      TEXT NOT NULL,          -- MSISDN
    session     TEXT NOT NULL,
    text        TEXT,                   -- the SMS; none where the caller left nothing open
    due_at      TIMESTAMPTZ,            -- when it goes out
    done        BOOLEAN NOT NULL,       -- the call has reached a goal
    quiet_until TIMESTAMPTZ,            -- no other SMS goes out until then
    shown_at    TIMESTAMPTZ NOT NULL,   -- when the last screen was shown
    PRIMARY KEY (menu, caller)
);
CREATE INDEX drops_due ON drops (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX drops_session ON drops (session);
CREATE INDEX drops_shown ON drops (shown_at);

-- Comparisons of the ledger with a provider's own books.
CREATE TABLE reconciliations (
    id         TEXT PRIMARY KEY,
    provider   TEXT NOT NULL,
    began_at   TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ,             -- not set while answers are awaited
    balance_at TIMESTAMPTZ,             -- when the provider had its balance
    theirs     BIGINT NOT NULL,         -- cents: what the provider had
    ours       BIGINT NOT NULL,         -- cents: what the clearing accounts said
    agreed     BOOLEAN NOT NULL,        -- the balances agreed, or a person has explained the difference
    report     TEXT NOT NULL            -- what was found, JSON without phone numbers
);
CREATE INDEX reconciliations_ended ON reconciliations (provider, ended_at);
