-- What merchants are told of, and where: events, webhooks, and the notices that are mailed.

INSERT INTO counters (name, value) VALUES ('event', 0), ('mail', 0);
-- What stands in a log at or before these numbers happened before there were events.
INSERT INTO counters (name, value)
    SELECT name || '_before_events', value FROM counters WHERE name IN ('payment_change', 'refund_change', 'dispute_change');

-- Where a merchant is told of events. The numbers are those of endpoints: a webhook has a lane and a round like any other.
CREATE TABLE webhooks (
    id               INTEGER NOT NULL PRIMARY KEY,
    merchant_id      INTEGER NOT NULL REFERENCES merchants (id),
    url              TEXT    NOT NULL,
    kinds            INTEGER NOT NULL, -- domain::event::Kinds
    header_name      TEXT,
    header_sealed    BLOB, -- the value, under the instance key
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    failures         INTEGER NOT NULL CHECK (failures >= 0), -- in a row
    failing_since_ms INTEGER, -- the first of them
    last_failure     TEXT,
    off_at_ms        INTEGER,
    off_reason       TEXT,
    created_at_ms    INTEGER NOT NULL
);
CREATE INDEX webhooks_merchant ON webhooks (merchant_id);

-- Append-only: one for each thing that a merchant is told of, whether or not anybody wants to hear it.
CREATE TABLE events (
    id          INTEGER NOT NULL PRIMARY KEY,
    batch_id    INTEGER NOT NULL,
    merchant_id INTEGER NOT NULL,
    kind        INTEGER NOT NULL, -- domain::event::Kind
    payment_id  INTEGER NOT NULL, -- a merchant hears of what is about one payment in order
    about_id    INTEGER NOT NULL, -- the payment, refund or dispute
    change_id   INTEGER NOT NULL, -- the line of its log that it tells of
    at_ms       INTEGER NOT NULL,
    detail      TEXT    NOT NULL -- what was true at that moment: domain::event::Told
);
-- The keys of one merchant arrive in order.
CREATE INDEX events_merchant ON events (merchant_id, id);

-- A callback is about a payout and tells of a change of it (kind 0), or about a payment and tells of an event (kind 1).
ALTER TABLE callbacks ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callbacks RENAME COLUMN payout_id TO about_id;
ALTER TABLE callbacks_done ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callbacks_done RENAME COLUMN payout_id TO about_id;
-- What a webhook has acknowledged is not replayed. The keys of one webhook arrive nearly in order.
CREATE INDEX callbacks_done_webhook ON callbacks_done (endpoint_id, change_id) WHERE kind = 1;

-- Notices to merchants, until somebody mails them.
CREATE TABLE mails (
    id            INTEGER NOT NULL PRIMARY KEY,
    merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
    kind          TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    body          TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    sent_at_ms    INTEGER
);
