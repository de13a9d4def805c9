-- +goose Up
-- Notes on calls, a row for those that were stored together: a row for each note and
-- its two indexes took ten times the time.
CREATE TABLE call_batches (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    newest  TEXT NOT NULL,     -- the time of the newest note
    count   INTEGER NOT NULL,  -- how many notes there are
    callers TEXT NOT NULL,     -- whom they are about: numbers between commas
    notes   TEXT NOT NULL      -- JSON, see store/sqlite/batch.go
);
CREATE INDEX call_batches_newest ON call_batches (newest);

INSERT INTO call_batches (newest, count, callers, notes)
SELECT max(at), count(*), ',' || group_concat(DISTINCT caller) || ',', json_object('words', json_array(), 'notes', json_group_array(json_array(
    unixepoch(substr(at, 1, 19)) * 1000000 + substr(at, 21, 6), ended, took_us,
    caller, session, provider, service, program, screen, heard, shown, coalesce(fault, ''))))
FROM calls GROUP BY id / 512;
DROP TABLE calls;

-- Who was forgotten, while an instance may have notes in its memory that are older.
CREATE TABLE forgotten (
    hash BLOB NOT NULL,  -- SHA-256 of the time and the number
    at   TEXT NOT NULL
);
CREATE INDEX forgotten_at ON forgotten (at);
