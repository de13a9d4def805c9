-- +goose Up
-- Finds the last sequence number of a channel that is used up.
CREATE INDEX wallet_transactions_sequence ON wallet_transactions (channel, sequence);
