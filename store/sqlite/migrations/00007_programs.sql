-- +goose Up
-- Sources of compiled menus, for the sessions that began on them.
CREATE TABLE programs (
    hash       TEXT PRIMARY KEY,
    source     BLOB NOT NULL,
    keep_until TEXT NOT NULL
);
CREATE INDEX programs_keep_until ON programs (keep_until);
