-- +goose Up
-- A day's calls of one version of a menu, without numbers and texts.
CREATE TABLE call_days (
    day     TEXT NOT NULL,  -- as 2026-11-30, in UTC
    menu    TEXT NOT NULL,
    program TEXT NOT NULL,  -- the menu's hash
    summary TEXT NOT NULL,  -- JSON
    PRIMARY KEY (day, menu, program)
);
