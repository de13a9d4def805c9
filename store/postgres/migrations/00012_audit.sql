-- +goose Up
ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'done';
-- +goose StatementBegin
-- Refuses to change what people did.
CREATE FUNCTION paytrace_audit_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'rows of the table audit are only added';
END
$body$;
-- +goose StatementEnd
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION paytrace_audit_stays();
