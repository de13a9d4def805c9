-- +goose Up
-- Who was forgotten, while an instance may have notes in its memory that are older.
CREATE TABLE forgotten (
    hash BYTEA NOT NULL,
    at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX forgotten_at ON forgotten (at);
