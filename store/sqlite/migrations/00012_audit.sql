-- +goose Up
ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'done';
-- +goose StatementBegin
CREATE TRIGGER audit_stays_unchanged BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'rows of the table audit are only added');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'rows of the table audit are only added');
END;
-- +goose StatementEnd
