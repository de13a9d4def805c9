-- +goose Up
-- The states of calls that are to be emptied, the oldest first.
CREATE INDEX call_states_full ON call_states (began_at) WHERE state IS NOT NULL;
