-- +goose Up
-- A purge of the action log leaves the actions that moved money.
ALTER TABLE action_log ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
