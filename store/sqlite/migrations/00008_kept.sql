-- +goose Up
-- What moved money is kept when the rest of the action log is purged.
ALTER TABLE action_log ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
