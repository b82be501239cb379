-- Collecting: payments, the attempts to make them, settlements, and receipts in the operator's bank accounts.

INSERT INTO counters (name, value) VALUES
    ('payment', 0), ('attempt', 0), ('payment_change', 0), ('acquirer', 0), ('settlement', 0), ('receipt', 0),
    ('payment_discrepancy', 0);

-- Settings -----------------------------------------------------------------------------------------------------------

ALTER TABLE merchants ADD COLUMN collect_fee_flat_paise INTEGER NOT NULL DEFAULT 0 CHECK (collect_fee_flat_paise >= 0);
ALTER TABLE merchants ADD COLUMN collect_fee_basis_points INTEGER NOT NULL DEFAULT 0
    CHECK (collect_fee_basis_points BETWEEN 0 AND 10000);
ALTER TABLE merchants ADD COLUMN settle_after_days INTEGER NOT NULL DEFAULT 2 CHECK (settle_after_days BETWEEN 0 AND 30);

-- Who takes money from customers. The name is that of its rail.
CREATE TABLE acquirers (
    id   INTEGER NOT NULL PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE
);

-- Days on which banks do not settle, beside the weekends: days in Asia/Kolkata since 1970-01-01.
CREATE TABLE holidays (
    day  INTEGER NOT NULL PRIMARY KEY,
    name TEXT    NOT NULL
);

-- The book -----------------------------------------------------------------------------------------------------------

-- What an entry is about: a payout, a payment, a settlement or a receipt. Its kind says which.
ALTER TABLE entries RENAME COLUMN payout_id TO about_id;

INSERT INTO accounts (id, name, balance_paise, may_go_below_zero) VALUES (9, 'suspense', 0, 0);
INSERT INTO accounts (id, name, balance_paise, may_go_below_zero)
    SELECT id * 16 + 7, 'merchant:' || id || ':collected', 0, 0 FROM merchants;

-- Payments -----------------------------------------------------------------------------------------------------------

CREATE TABLE payments (
    id              INTEGER NOT NULL PRIMARY KEY,
    batch_id        INTEGER NOT NULL,
    merchant_id     INTEGER NOT NULL,
    txnid           TEXT    NOT NULL,
    amount_paise    INTEGER NOT NULL CHECK (amount_paise > 0),
    fee_paise       INTEGER NOT NULL CHECK (fee_paise >= 0), -- the price at the time of the order
    gst_paise       INTEGER NOT NULL CHECK (gst_paise >= 0),
    settle_after    INTEGER NOT NULL CHECK (settle_after >= 0), -- business days
    productinfo     TEXT    NOT NULL,
    customer        TEXT    NOT NULL, -- ten texts, separated: store/payment.rs
    udf             TEXT    NOT NULL, -- ten texts, separated
    surl            TEXT    NOT NULL,
    furl            TEXT    NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    expires_at_ms   INTEGER NOT NULL,
    -- What changes:
    status          INTEGER NOT NULL,
    attempts        INTEGER NOT NULL CHECK (attempts >= 0),
    last_attempt_id INTEGER,
    last_change_id  INTEGER NOT NULL,
    ended_at_ms     INTEGER,
    settle_day      INTEGER, -- once captured; day in Asia/Kolkata
    settlement_id   INTEGER
);
CREATE UNIQUE INDEX payments_txnid ON payments (merchant_id, txnid);
-- The keys of one merchant arrive in order.
CREATE INDEX payments_created ON payments (merchant_id, created_at_ms);

-- A try to make a payment: the intent, kept before an acquirer is called, and what became of it.
CREATE TABLE attempts (
    id           INTEGER NOT NULL PRIMARY KEY,
    batch_id     INTEGER NOT NULL,
    payment_id   INTEGER NOT NULL,
    number       INTEGER NOT NULL, -- the first is 1
    previous_id  INTEGER NOT NULL, -- the attempt before it; 0 for the first
    method       TEXT    NOT NULL,
    purse        INTEGER NOT NULL, -- the account of the book that the money comes into
    reference    TEXT    NOT NULL,
    not_after_ms INTEGER NOT NULL,
    shown        TEXT    NOT NULL, -- the masked card number, the masked address, the code of a bank or wallet
    scheme       TEXT    NOT NULL,
    name_on_card TEXT    NOT NULL,
    fingerprint  BLOB    NOT NULL, -- of a card number, under a key of its own; empty for other means
    began_at_ms  INTEGER NOT NULL,
    -- What changes:
    status       INTEGER NOT NULL,
    page         TEXT, -- where the customer has something to do
    fault        TEXT,
    bank_ref     TEXT,
    ended_at_ms  INTEGER
);

-- What happened to a payment, oldest first. Append-only; the changes of one payment are a list from the last to the first.
CREATE TABLE payment_changes (
    id          INTEGER NOT NULL PRIMARY KEY,
    batch_id    INTEGER NOT NULL,
    payment_id  INTEGER NOT NULL,
    previous_id INTEGER NOT NULL, -- 0 for the first
    what        INTEGER NOT NULL, -- domain::payment::Step
    attempt_id  INTEGER NOT NULL, -- 0 when it is about none
    at_ms       INTEGER NOT NULL,
    detail      TEXT    NOT NULL -- the method, the fault, or the bank's reference
);

-- Open payments, for whoever ends them when their time is over.
CREATE TABLE payments_open (
    expires_at_ms INTEGER NOT NULL,
    payment_id    INTEGER NOT NULL,
    PRIMARY KEY (expires_at_ms, payment_id)
) WITHOUT ROWID;

-- Attempts under way, by when their acquirer is asked next.
CREATE TABLE attempts_under_way (
    attempt_id INTEGER NOT NULL PRIMARY KEY,
    asks       INTEGER NOT NULL,
    ask_at_ms  INTEGER NOT NULL
);
CREATE INDEX attempts_under_way_due ON attempts_under_way (ask_at_ms);

-- Captured payments that are not settled, by the day on which they are due.
CREATE TABLE payments_unsettled (
    settle_day  INTEGER NOT NULL,
    merchant_id INTEGER NOT NULL,
    payment_id  INTEGER NOT NULL,
    net_paise   INTEGER NOT NULL CHECK (net_paise >= 0),
    PRIMARY KEY (settle_day, merchant_id, payment_id)
) WITHOUT ROWID;

-- Append-only.
CREATE TABLE settlements (
    id          INTEGER NOT NULL PRIMARY KEY,
    batch_id    INTEGER NOT NULL,
    merchant_id INTEGER NOT NULL,
    payments    INTEGER NOT NULL CHECK (payments > 0),
    net_paise   INTEGER NOT NULL CHECK (net_paise >= 0),
    at_ms       INTEGER NOT NULL
);

-- Money that came into a bank account, as the bank's statement or an operator says. Append-only.
CREATE TABLE receipts (
    id              INTEGER NOT NULL PRIMARY KEY,
    batch_id        INTEGER NOT NULL,
    bank_account_id INTEGER NOT NULL,
    utr             TEXT    NOT NULL,
    amount_paise    INTEGER NOT NULL CHECK (amount_paise > 0),
    remark          TEXT    NOT NULL,
    said_by         TEXT    NOT NULL, -- the statement's name, or the operator's
    at_ms           INTEGER NOT NULL,
    attempt_id      INTEGER, -- the attempt that it pays; null: in suspense
    why             TEXT     -- why it is in suspense
);
CREATE UNIQUE INDEX receipts_utr ON receipts (bank_account_id, utr);

-- What an acquirer said that the book contradicts. A person must look.
CREATE TABLE payment_discrepancies (
    id         INTEGER NOT NULL PRIMARY KEY,
    attempt_id INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    what       TEXT    NOT NULL
);
