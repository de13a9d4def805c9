-- +goose Up
-- The legacy service may have stored a number in any form that people type. The column
-- stays as it is, since that service searches it; the index finds numbers by their digits,
-- also numbers that it adds later.
-- +goose StatementBegin
CREATE FUNCTION paytrace_msisdn(phone TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
SELECT CASE
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^((\+|00)?254|0)?[17][0-9]{8}$'
        THEN '254' || right(translate(phone, ' -().;' || chr(9), ''), 9)
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^(\+|00)?[1-9][0-9]{6,14}$'
        THEN substring(translate(phone, ' -().;' || chr(9), '') FROM '[1-9][0-9]*$')
END
$body$;
-- +goose StatementEnd
CREATE INDEX workers_msisdn ON workers (paytrace_msisdn(phone));
ALTER TABLE workers ADD COLUMN set_aside_at TIMESTAMPTZ;
