-- The book, the payouts and what is owed to merchants. Amounts are whole paise, times Unix milliseconds (UTC).
-- One text for every database: the dialect turns INTEGER and BLOB into its own words and leaves the rest alone.

-- Numbers handed out in order of arrival, also for rows that are deleted again.
CREATE TABLE counters (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
);
INSERT INTO counters (name, value) VALUES
    ('batch', 0), ('entry', 0), ('payout', 0), ('change', 0), ('callback', 0), ('merchant', 0), ('endpoint', 0),
    ('bank_account', 0), ('discrepancy', 0), ('action', 0), ('operator', 0),
    -- Raised with every change of a setting, so that a running server notices.
    ('settings', 0);

-- Settings -----------------------------------------------------------------------------------------------------------

CREATE TABLE merchants (
    id                INTEGER NOT NULL PRIMARY KEY,
    pid               TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    active            INTEGER NOT NULL CHECK (active IN (0, 1)),
    addresses         TEXT    NOT NULL, -- ranges with blanks between
    amount_rupees_max INTEGER NOT NULL CHECK (amount_rupees_max > 0),
    fee_flat_paise    INTEGER NOT NULL CHECK (fee_flat_paise >= 0),
    fee_basis_points  INTEGER NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
    gst_basis_points  INTEGER NOT NULL CHECK (gst_basis_points BETWEEN 0 AND 10000),
    fee_given_back    INTEGER NOT NULL CHECK (fee_given_back IN (0, 1)),
    collect_key       TEXT    NOT NULL UNIQUE,
    created_at_ms     INTEGER NOT NULL
);

-- Sealed under the instance key. The highest version is the present one; an older one is valid until it retires.
CREATE TABLE merchant_secrets (
    merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
    kind          TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    sealed        BLOB    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    retires_at_ms INTEGER,
    PRIMARY KEY (merchant_id, kind, version)
);

CREATE TABLE endpoints (
    id          INTEGER NOT NULL PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchants (id),
    purpose     TEXT    NOT NULL, -- 'payout'
    url         TEXT    NOT NULL,
    UNIQUE (merchant_id, purpose)
);

CREATE TABLE bank_accounts (
    id                    INTEGER NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL UNIQUE,
    rail                  TEXT    NOT NULL,
    number                TEXT    NOT NULL,
    holder                TEXT    NOT NULL,
    bank                  TEXT    NOT NULL,
    minimum_balance_paise INTEGER NOT NULL CHECK (minimum_balance_paise >= 0),
    daily_limit_paise     INTEGER NOT NULL CHECK (daily_limit_paise >= 0),
    weight                INTEGER NOT NULL CHECK (weight >= 0),
    active                INTEGER NOT NULL CHECK (active IN (0, 1)),
    under_way_paise       INTEGER NOT NULL CHECK (under_way_paise >= 0),
    used_day              INTEGER NOT NULL, -- day in Asia/Kolkata
    used_paise            INTEGER NOT NULL CHECK (used_paise >= 0)
);

CREATE TABLE operators (
    id                INTEGER NOT NULL PRIMARY KEY,
    name              TEXT    NOT NULL,
    email             TEXT    NOT NULL UNIQUE,
    password_hash     TEXT    NOT NULL, -- Argon2id of the password
    verification_hash TEXT    NOT NULL, -- Argon2id of the md5 hex of the password (contract.md 2.6)
    created_at_ms     INTEGER NOT NULL
);

-- Who changed what by hand. Append-only.
CREATE TABLE actions (
    id      INTEGER NOT NULL PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);

-- The book -----------------------------------------------------------------------------------------------------------

-- A link of the hash chain: one for each commit that added rows which must not change.
CREATE TABLE batches (
    id          INTEGER NOT NULL PRIMARY KEY,
    previous_id INTEGER NOT NULL, -- 0 for the first
    at_ms       INTEGER NOT NULL,
    hash        BLOB    NOT NULL
);

CREATE TABLE accounts (
    id                INTEGER NOT NULL PRIMARY KEY, -- domain::account::Account::number
    name              TEXT    NOT NULL UNIQUE,
    balance_paise     INTEGER NOT NULL,
    may_go_below_zero INTEGER NOT NULL CHECK (may_go_below_zero IN (0, 1)),
    CHECK (balance_paise >= 0 OR may_go_below_zero = 1)
);
INSERT INTO accounts (id, name, balance_paise, may_go_below_zero) VALUES
    (1, 'income:fee', 0, 1), (2, 'tax:gst', 0, 1), (3, 'operator:capital', 0, 1);

-- Append-only.
CREATE TABLE entries (
    id        INTEGER NOT NULL PRIMARY KEY,
    batch_id  INTEGER NOT NULL,
    kind      INTEGER NOT NULL, -- domain::entry::EntryKind
    payout_id INTEGER,
    at_ms     INTEGER NOT NULL
);

-- Append-only. A posting has a debit and a credit, so that no entry can be out of balance.
CREATE TABLE postings (
    entry_id       INTEGER NOT NULL,
    line           INTEGER NOT NULL,
    debit_account  INTEGER NOT NULL,
    credit_account INTEGER NOT NULL,
    amount_paise   INTEGER NOT NULL CHECK (amount_paise > 0),
    PRIMARY KEY (entry_id, line),
    CHECK (debit_account <> credit_account)
) WITHOUT ROWID;

-- Payouts ------------------------------------------------------------------------------------------------------------

CREATE TABLE payouts (
    id               INTEGER NOT NULL PRIMARY KEY,
    batch_id         INTEGER NOT NULL,
    merchant_id      INTEGER NOT NULL,
    order_id         TEXT    NOT NULL,
    amount_paise     INTEGER NOT NULL CHECK (amount_paise > 0),
    fee_paise        INTEGER NOT NULL CHECK (fee_paise >= 0),
    gst_paise        INTEGER NOT NULL CHECK (gst_paise >= 0),
    fee_given_back   INTEGER NOT NULL CHECK (fee_given_back IN (0, 1)), -- the rule at the time of the request
    account_no       TEXT    NOT NULL,
    account_holder   TEXT    NOT NULL,
    ifsc             TEXT    NOT NULL,
    bank             TEXT    NOT NULL,
    bank_address     TEXT    NOT NULL,
    email            TEXT    NOT NULL,
    phone            TEXT    NOT NULL,
    requested_at_ms  INTEGER NOT NULL,
    -- What changes:
    status           INTEGER NOT NULL,
    last_change_id   INTEGER NOT NULL,
    last_callback_id INTEGER, -- null when the merchant wants no callbacks
    bank_account_id  INTEGER,
    utr              TEXT
);
CREATE UNIQUE INDEX payouts_order ON payouts (merchant_id, order_id);

-- Append-only. The changes of one payout are a list from the last to the first.
CREATE TABLE payout_changes (
    id          INTEGER NOT NULL PRIMARY KEY,
    batch_id    INTEGER NOT NULL,
    payout_id   INTEGER NOT NULL,
    previous_id INTEGER NOT NULL, -- 0 for the first
    status      INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    note        TEXT    NOT NULL
);

-- Pending payouts, for the dispatcher.
CREATE TABLE payouts_waiting (
    payout_id INTEGER NOT NULL PRIMARY KEY
);

-- Processing payouts: the intent, kept before a bank is called.
CREATE TABLE payouts_sent (
    payout_id       INTEGER NOT NULL PRIMARY KEY,
    bank_account_id INTEGER NOT NULL,
    reference       TEXT    NOT NULL,
    not_after_ms    INTEGER NOT NULL,
    asks            INTEGER NOT NULL,
    ask_at_ms       INTEGER NOT NULL
);

-- How far the news of each rail was read.
CREATE TABLE rail_news (
    rail     TEXT    NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
);

-- What a bank said that the book contradicts. A person must look.
CREATE TABLE discrepancies (
    id        INTEGER NOT NULL PRIMARY KEY,
    payout_id INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,
    what      TEXT    NOT NULL
);

-- Callbacks ----------------------------------------------------------------------------------------------------------

-- Callbacks owed. A delivered one moves to callbacks_done.
CREATE TABLE callbacks (
    id          INTEGER NOT NULL PRIMARY KEY,
    endpoint_id INTEGER NOT NULL,
    payout_id   INTEGER NOT NULL,
    change_id   INTEGER NOT NULL,
    since_ms    INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    due_at_ms   INTEGER NOT NULL,
    parked      INTEGER NOT NULL CHECK (parked IN (0, 1))
);

CREATE TABLE callbacks_done (
    id          INTEGER NOT NULL PRIMARY KEY,
    endpoint_id INTEGER NOT NULL,
    payout_id   INTEGER NOT NULL,
    change_id   INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    done_at_ms  INTEGER NOT NULL,
    took_ms     INTEGER NOT NULL
);

-- Attempts that were not acknowledged.
CREATE TABLE callback_attempts (
    callback_id INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    took_ms     INTEGER NOT NULL,
    reply       TEXT    NOT NULL,
    PRIMARY KEY (callback_id, attempt)
) WITHOUT ROWID;
