-- Several writers on one database server.

-- How many transactions each writer has begun, counted as part of each: whoever loses the connection in a commit reads here
-- whether it happened.
CREATE TABLE writers (
    id           TEXT    NOT NULL PRIMARY KEY,
    transactions INTEGER NOT NULL
);
