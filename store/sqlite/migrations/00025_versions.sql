-- +goose Up
-- Menus as they were published.
CREATE TABLE menu_versions (
    menu         TEXT NOT NULL,
    number       INTEGER NOT NULL,
    hash         TEXT NOT NULL,      -- of the program
    source       TEXT NOT NULL,      -- JSON: the menu's files
    author       TEXT NOT NULL,
    note         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (menu, number)
);

-- Which versions are in force, for whom.
CREATE TABLE menu_stages (
    menu     TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,       -- counts the changes
    state    TEXT NOT NULL           -- JSON
);
