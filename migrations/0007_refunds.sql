-- Refunds: money of payments that goes back to customers.

INSERT INTO counters (name, value) VALUES ('refund', 0), ('refund_change', 0);

-- What of a payment goes back. It changes with its refunds.
ALTER TABLE payments ADD COLUMN refunding_paise INTEGER NOT NULL DEFAULT 0 CHECK (refunding_paise >= 0);
ALTER TABLE payments ADD COLUMN refunded_paise INTEGER NOT NULL DEFAULT 0
    CHECK (refunded_paise >= 0 AND refunding_paise + refunded_paise <= amount_paise);
-- What was taken out of its money before it was settled, and did not come back there.
ALTER TABLE payments ADD COLUMN uncleared_out_paise INTEGER NOT NULL DEFAULT 0 CHECK (uncleared_out_paise >= 0);
ALTER TABLE payments ADD COLUMN refunds INTEGER NOT NULL DEFAULT 0 CHECK (refunds >= 0);
ALTER TABLE payments ADD COLUMN last_refund_id INTEGER;

-- The refunds of one payment are a list from the last to the first.
CREATE TABLE refunds (
    id              INTEGER NOT NULL PRIMARY KEY,
    batch_id        INTEGER NOT NULL,
    merchant_id     INTEGER NOT NULL,
    payment_id      INTEGER NOT NULL,
    previous_id     INTEGER NOT NULL, -- 0 for the first
    amount_paise    INTEGER NOT NULL CHECK (amount_paise > 0),
    collected_paise INTEGER NOT NULL CHECK (collected_paise BETWEEN 0 AND amount_paise), -- of it, of the payment's unsettled money
    attempt_id      INTEGER NOT NULL, -- the attempt that took the money
    reference       TEXT    NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    -- What changes:
    status          INTEGER NOT NULL,
    last_change_id  INTEGER NOT NULL,
    not_after_ms    INTEGER, -- once given to the acquirer
    bank_ref        TEXT, -- once completed
    fault           TEXT, -- once failed
    ended_at_ms     INTEGER
);

-- Append-only. The changes of one refund are a list from the last to the first.
CREATE TABLE refund_changes (
    id          INTEGER NOT NULL PRIMARY KEY,
    batch_id    INTEGER NOT NULL,
    refund_id   INTEGER NOT NULL,
    previous_id INTEGER NOT NULL, -- 0 for the first
    status      INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    detail      TEXT    NOT NULL -- the bank's reference, the fault, or who paid by hand
);

-- A merchant's own keys of refunds: the same key is the same refund.
CREATE TABLE refund_keys (
    merchant_id INTEGER NOT NULL,
    refund_key  TEXT    NOT NULL,
    refund_id   INTEGER NOT NULL,
    PRIMARY KEY (merchant_id, refund_key)
) WITHOUT ROWID;

-- Refunds under way, by when their acquirer is told or asked next.
CREATE TABLE refunds_under_way (
    refund_id INTEGER NOT NULL PRIMARY KEY,
    asks      INTEGER NOT NULL,
    ask_at_ms INTEGER NOT NULL
);
CREATE INDEX refunds_under_way_due ON refunds_under_way (ask_at_ms);
