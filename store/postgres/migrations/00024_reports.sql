-- +goose Up
-- What reports count. A note of an earlier version has no turn.
ALTER TABLE calls ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN goals TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN wrong BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN turn INTEGER NOT NULL DEFAULT -1;
CREATE INDEX calls_session ON calls (session);

-- A day's calls of one version of a menu, without numbers and texts.
CREATE TABLE call_days (
    day     TEXT NOT NULL,  -- as 2026-11-30, in UTC
    menu    TEXT NOT NULL,
    program TEXT NOT NULL,  -- the menu's hash
    summary TEXT NOT NULL,  -- JSON
    PRIMARY KEY (day, menu, program)
);
