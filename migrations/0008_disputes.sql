-- Disputes: customers, or their banks, want payments back.

INSERT INTO counters (name, value) VALUES ('dispute', 0), ('dispute_change', 0), ('evidence', 0);

INSERT INTO accounts (id, name, balance_paise, may_go_below_zero)
    SELECT id * 16 + 10, 'merchant:' || id || ':disputed', 0, 0 FROM merchants;
INSERT INTO accounts (id, name, balance_paise, may_go_below_zero)
    SELECT id * 16 + 11, 'merchant:' || id || ':owing', 0, 0 FROM merchants;

-- What of a payment is set aside for open disputes.
ALTER TABLE payments ADD COLUMN disputed_paise INTEGER NOT NULL DEFAULT 0
    CHECK (disputed_paise >= 0 AND refunding_paise + refunded_paise + disputed_paise <= amount_paise);
ALTER TABLE payments ADD COLUMN disputes INTEGER NOT NULL DEFAULT 0 CHECK (disputes >= 0);
ALTER TABLE payments ADD COLUMN last_dispute_id INTEGER;

-- The disputes of one payment are a list from the last to the first.
CREATE TABLE disputes (
    id              INTEGER NOT NULL PRIMARY KEY,
    batch_id        INTEGER NOT NULL,
    merchant_id     INTEGER NOT NULL,
    payment_id      INTEGER NOT NULL,
    previous_id     INTEGER NOT NULL, -- 0 for the first
    attempt_id      INTEGER NOT NULL, -- the attempt that took the money
    kind            TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    claimed_paise   INTEGER NOT NULL CHECK (claimed_paise > 0),
    amount_paise    INTEGER NOT NULL CHECK (amount_paise BETWEEN 1 AND claimed_paise), -- what was set aside
    collected_paise INTEGER NOT NULL CHECK (collected_paise >= 0), -- of it, of the payment's unsettled money
    owed_paise      INTEGER NOT NULL CHECK (owed_paise >= 0 AND collected_paise + owed_paise <= amount_paise), -- of it, what was missing
    title           TEXT    NOT NULL,
    comment         TEXT    NOT NULL,
    source          TEXT    NOT NULL, -- who raised it: 'acquirer:<name>', 'file' or 'operator'
    reference       TEXT    NOT NULL, -- its number there
    deadline_ms     INTEGER NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    -- What changes:
    status          INTEGER NOT NULL,
    last_change_id  INTEGER NOT NULL,
    ended_at_ms     INTEGER
);
CREATE UNIQUE INDEX disputes_reference ON disputes (source, reference);
-- The keys of one merchant arrive in order.
CREATE INDEX disputes_merchant ON disputes (merchant_id, id);

-- Append-only. The changes of one dispute are a list from the last to the first.
CREATE TABLE dispute_changes (
    id          INTEGER NOT NULL PRIMARY KEY,
    batch_id    INTEGER NOT NULL,
    dispute_id  INTEGER NOT NULL,
    previous_id INTEGER NOT NULL, -- 0 for the first
    status      INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    said_by     TEXT    NOT NULL
);

-- Files with which merchants answer. Append-only.
CREATE TABLE evidence (
    id         INTEGER NOT NULL PRIMARY KEY,
    batch_id   INTEGER NOT NULL,
    dispute_id INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    bytes      INTEGER NOT NULL CHECK (bytes > 0),
    sha256     TEXT    NOT NULL, -- hexadecimal
    said_by    TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL
);
CREATE INDEX evidence_dispute ON evidence (dispute_id);

CREATE TABLE evidence_files (
    evidence_id INTEGER NOT NULL PRIMARY KEY,
    content     BLOB    NOT NULL
);

-- Answers of merchants that an acquirer is to hear of, by when it is told next.
CREATE TABLE disputes_to_tell (
    dispute_id INTEGER NOT NULL PRIMARY KEY,
    asks       INTEGER NOT NULL,
    ask_at_ms  INTEGER NOT NULL
);
