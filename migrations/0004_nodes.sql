-- Several nodes that serve one database.

INSERT INTO counters (name, value) VALUES ('node', 0);

-- The oldest schema whose programs can go on beside this one. Only asked of versions that a program does not know.
ALTER TABLE schema_version ADD COLUMN survived_by INTEGER NOT NULL DEFAULT 0;

-- Who serves. The number of a node is drawn once, for one start of a process.
CREATE TABLE nodes (
    id            INTEGER NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    works         INTEGER NOT NULL CHECK (works IN (0, 1)), -- whether it takes duties
    knows         INTEGER NOT NULL, -- the newest schema that its program knows
    beats         INTEGER NOT NULL, -- raised as long as it lives
    started_at_ms INTEGER NOT NULL
);

-- Work that one node does at a time: domain::node::Duty. A duty without a row is free.
CREATE TABLE leases (
    duty    INTEGER NOT NULL PRIMARY KEY,
    node_id INTEGER NOT NULL REFERENCES nodes (id)
);
