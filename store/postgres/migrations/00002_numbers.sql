-- +goose Up
-- The service before this one may have stored a number in any form people type.
-- The column stays as it is, since that service looks numbers up in it; the
-- index finds them by their digits, those it adds from now on too.
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
