-- Orders of the embedded database in epochs (decision 0014), since its index costs a scattered page for every order. A server
-- keeps the index, which its nodes share, and nothing in these tables.

-- embedded: DROP INDEX payouts_order;

-- How epochs are made up; the pages follow from it. Whoever changes it empties the pages.
CREATE TABLE order_form (
    epoch_orders INTEGER NOT NULL PRIMARY KEY CHECK (epoch_orders > 0),
    epoch_pages  INTEGER NOT NULL CHECK (epoch_pages > 0)
);
INSERT INTO order_form (epoch_orders, epoch_pages) VALUES (900000, 2048);

-- The orders of full epochs. Written once, in order: page p of epoch e (both counted from 0) has the number e * epoch_pages + p.
CREATE TABLE order_pages (
    id     INTEGER NOT NULL PRIMARY KEY,
    orders BLOB    NOT NULL
);
