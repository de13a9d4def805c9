-- +goose Up
-- As in Postgres, where two rows of the service before this one may turn out to
-- have one number.
ALTER TABLE workers ADD COLUMN set_aside_at TEXT;
