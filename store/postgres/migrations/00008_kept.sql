-- +goose Up
-- What moved money is kept when the rest of the action log is purged.
ALTER TABLE action_log ADD COLUMN kept SMALLINT NOT NULL DEFAULT 0;
