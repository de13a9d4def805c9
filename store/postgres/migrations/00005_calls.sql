-- +goose Up
CREATE TABLE calls (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       TIMESTAMPTZ NOT NULL,
    caller   TEXT NOT NULL,
    session  TEXT NOT NULL,
    provider TEXT NOT NULL,
    service  TEXT NOT NULL,
    program  TEXT NOT NULL,
    screen   TEXT NOT NULL,
    heard    TEXT NOT NULL,
    shown    TEXT NOT NULL,
    ended    BOOLEAN NOT NULL,
    took_us  BIGINT NOT NULL,
    fault    TEXT
);
CREATE INDEX calls_caller ON calls (caller, at);
CREATE INDEX calls_at ON calls (at);

CREATE TABLE audit (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      TIMESTAMPTZ NOT NULL,
    what    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);
