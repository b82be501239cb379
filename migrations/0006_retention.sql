-- How far delivered callbacks are forgotten: no row of callbacks_done with a number up to this one is sure to be there. One row.
CREATE TABLE callbacks_forgotten (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    callback_id INTEGER NOT NULL,
    change_id   INTEGER NOT NULL -- the highest change that one of them told of
);
INSERT INTO callbacks_forgotten (id, callback_id, change_id) VALUES (1, 0, 0);
