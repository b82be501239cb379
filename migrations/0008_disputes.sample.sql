-- Sample rows for every table of 0008_disputes, beside those of the migrations before it: dispute 1, of payment 1, was lost, 2, of payment 2,
-- was contested with a file of which its acquirer is to hear, 3, of payment 5, is open.
-- Never changed once 0008_disputes is released.

UPDATE counters SET value = 49 WHERE name = 'batch';
UPDATE counters SET value = 3 WHERE name = 'dispute';
UPDATE counters SET value = 5 WHERE name = 'dispute_change';
UPDATE counters SET value = 28 WHERE name = 'entry';
UPDATE counters SET value = 1 WHERE name = 'evidence';

INSERT INTO batches (id, previous_id, at_ms, hash) VALUES
    (45, 44, 1767681240000, X'8F00A3DAD58E6A06480CCA10A66E380C8C3B33F32EF260C4A5010A061E67A404'),
    (46, 45, 1767681240000, X'3B668EC142E19C8006D000CB4BD77FB19E26B0AF8FB3E7C6804FD2E9EAA87DB4'),
    (47, 46, 1767681240000, X'B3282E30378E1F3600331569A142FDE732C8591EC58F6289082CCA309F3CA15C'),
    (48, 47, 1767681240000, X'EFC110540C308B09A8B37F6700EA6D441CFCB36933B3A3F371944592B146B68A'),
    (49, 48, 1767681240000, X'189D0BC46100BBDC33B439D0BCA64C7D04313B5CA4C2C26F280A4C3A9692AF21');

UPDATE accounts SET balance_paise = 912815 WHERE id = 20;
UPDATE accounts SET balance_paise = 57085 WHERE id = 23;
UPDATE accounts SET balance_paise = 25000 WHERE id = 24;
UPDATE accounts SET balance_paise = 7000 WHERE id = 26;

INSERT INTO entries (id, batch_id, kind, about_id, at_ms) VALUES
    (25, 45, 13, 1, 1767681240000),
    (26, 46, 13, 2, 1767681240000),
    (27, 47, 13, 3, 1767681240000),
    (28, 48, 14, 1, 1767681240000);

INSERT INTO postings (entry_id, line, debit_account, credit_account, amount_paise) VALUES
    (25, 1, 20, 26, 2000),
    (26, 1, 23, 26, 3000),
    (27, 1, 23, 26, 4000),
    (28, 1, 26, 24, 2000);

UPDATE payments SET refunded_paise = 5000, disputes = 1, last_dispute_id = 1 WHERE id = 1;
UPDATE payments SET uncleared_out_paise = 7000, disputed_paise = 3000, disputes = 1, last_dispute_id = 2 WHERE id = 2;
UPDATE payments SET uncleared_out_paise = 5000, disputed_paise = 4000, disputes = 1, last_dispute_id = 3 WHERE id = 5;

UPDATE payments_unsettled SET net_paise = 12587 WHERE settle_day = 20461 AND merchant_id = 1 AND payment_id = 2;
UPDATE payments_unsettled SET net_paise = 44498 WHERE settle_day = 20461 AND merchant_id = 1 AND payment_id = 5;

INSERT INTO disputes (id, batch_id, merchant_id, payment_id, previous_id, attempt_id, kind, reason, claimed_paise, amount_paise, collected_paise, owed_paise, title, comment, source, reference, deadline_ms, created_at_ms, status, last_change_id, ended_at_ms) VALUES
    (1, 45, 1, 1, 0, 1, 'chargeback', 'not_received', 2000, 2000, 0, 0, 'Nothing came', 'I waited', 'acquirer:test', 'D000000000', 1768285980000, 1767681240000, 4, 4, 1767681240000),
    (2, 46, 1, 2, 0, 3, 'chargeback', 'not_received', 3000, 3000, 3000, 0, 'Nothing came', 'I waited', 'acquirer:test', 'D000000001', 1768285980000, 1767681240000, 1, 5, NULL),
    (3, 47, 1, 5, 0, 5, 'chargeback', 'not_received', 4000, 4000, 4000, 0, 'Nothing came', 'I waited', 'acquirer:test', 'D000000002', 1768285980000, 1767681240000, 0, 3, NULL);

INSERT INTO dispute_changes (id, batch_id, dispute_id, previous_id, status, at_ms, said_by) VALUES
    (1, 45, 1, 0, 0, 1767681240000, 'acquirer:test'),
    (2, 46, 2, 0, 0, 1767681240000, 'acquirer:test'),
    (3, 47, 3, 0, 0, 1767681240000, 'acquirer:test'),
    (4, 48, 1, 1, 4, 1767681240000, 'acquirer:test'),
    (5, 49, 2, 2, 1, 1767681240000, 'SHOP1');

INSERT INTO evidence (id, batch_id, dispute_id, name, media_type, bytes, sha256, said_by, at_ms) VALUES
    (1, 49, 2, 'slip.png', 'image/png', 8, '4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6', 'SHOP1', 1767681240000);

INSERT INTO evidence_files (evidence_id, content) VALUES
    (1, X'89504E470D0A1A0A');

INSERT INTO disputes_to_tell (dispute_id, asks, ask_at_ms) VALUES
    (2, 0, 1767681240000);
