-- +goose Up
-- A purge of the action log leaves the actions that moved money.
ALTER TABLE action_log ADD COLUMN kept SMALLINT NOT NULL DEFAULT 0;
