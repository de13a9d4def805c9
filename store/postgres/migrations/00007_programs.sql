-- +goose Up
-- Sources of compiled menus, for the sessions that began on them.
CREATE TABLE programs (
    hash       TEXT PRIMARY KEY,
    source     BYTEA NOT NULL,
    keep_until TIMESTAMPTZ NOT NULL
);
CREATE INDEX programs_keep_until ON programs (keep_until);
