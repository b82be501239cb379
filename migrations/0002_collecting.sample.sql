-- Sample rows for every table of 0002_collecting, on top of the sample book of 0001: payment 1 is settled, 2 captured after a
-- failure, 3 at the bank's page, 4 cancelled, 5 paid by QR code, 6 not begun, 7 failed and contradicted by its acquirer; one
-- receipt stands in suspense. Never changed once 0002_collecting is released. Texts that share a column begin a line each.

UPDATE counters SET value = 1 WHERE name = 'acquirer';
UPDATE counters SET value = 5 WHERE name = 'action';
UPDATE counters SET value = 6 WHERE name = 'attempt';
UPDATE counters SET value = 37 WHERE name = 'batch';
UPDATE counters SET value = 18 WHERE name = 'entry';
UPDATE counters SET value = 7 WHERE name = 'payment';
UPDATE counters SET value = 19 WHERE name = 'payment_change';
UPDATE counters SET value = 1 WHERE name = 'payment_discrepancy';
UPDATE counters SET value = 2 WHERE name = 'receipt';
UPDATE counters SET value = 1 WHERE name = 'settlement';

INSERT INTO actions (id, at_ms, actor, action, subject, detail) VALUES
    (5, 1767681120000, 'january.csv', 'statement.take', 'pg1', '2 lines, Received { captured: 1, in_suspense: 1, known: 0, unpaid: 0 }');

INSERT INTO batches (id, previous_id, at_ms, hash) VALUES
    (18, 17, 1767249120000, X'AE9AF8C1204D50D922CAECB47770961E8F708AC6FAAF8D58B4888A418821D5AA'),
    (19, 18, 1767249120000, X'BB355042E41EAFEF71F2E4FB4CC2565EA33E7A0BD602CA020F615396CD4FE641'),
    (20, 19, 1767249120000, X'EE0CC314B616AD7B8F9237F1C116DDE12238D2331AE11E8FF343AA6D756F5DCC'),
    (21, 20, 1767681120000, X'89BD57AA8A7FE7F69DC6434B78E744E2B7180286F143A6538801E14D15205B2F'),
    (22, 21, 1767681120000, X'C9A3221DF3006785549E71D650C76384CAC032527B979984A00400C22ACC5298'),
    (23, 22, 1767681120000, X'CE022CADA6D565F4F10B7CFE5187B7FE0EFA65C6368ECA86BC6DBDE670473C5B'),
    (24, 23, 1767681120000, X'4414CF7FD651ECDEC49E6EDBF315D66D68A4521640DF8EA6D3844B99FA9B5EDE'),
    (25, 24, 1767681120000, X'CF6F7FEB8F16FE7145523C00D1CD7C00708AB76561C457A814DCF2D312DD8382'),
    (26, 25, 1767681120000, X'4718D8FFB63F9AF6FC5FC577CC970DBA3B55DFCC7C23B2FA7CC9B84E84D83C1C'),
    (27, 26, 1767681120000, X'DB68162AF32C080CB4B898CEAF4477306E5820B4E08CB9F92374F51CC8404B34'),
    (28, 27, 1767681120000, X'50F6382A73FBFF4068ADD11EBCCF064765AAD41A69484C6C4E0CE2056A599F1B'),
    (29, 28, 1767681120000, X'753764D99B248677A2DBED850A94A00F83C0AF8A649BC0FBD2BE97A3FBBFCF9B'),
    (30, 29, 1767681120000, X'7491B8E2DF4383F7C42FA74AEB5793BF91CB6AA71D8B26E3F59302B270D9ECB6'),
    (31, 30, 1767681120000, X'358B5139854CA9B2467B00901DD16982E15C9FEDB1D856817B759413424FFEBA'),
    (32, 31, 1767681120000, X'69DFFDDE50E8AC670D832AF3FAEEAAE2830E2DD6F28D8C841D7B03392B58FB4E'),
    (33, 32, 1767681120000, X'5E4CF8181EC5FCA74EAD2DABB54391C85287D78994BEFD0F3872E181A3FCB6DD'),
    (34, 33, 1767681120000, X'D3F723C81159DCAEC895C048506CA082D7E518FB496981BB7BAE87488572FC05'),
    (35, 34, 1767681120000, X'7A727BC65EC951A800BB1562B17392947C554B8C65F4C044D2EE79E24A9380D4'),
    (36, 35, 1767681120000, X'C50410CF5A595CFE8444BC50C9ED371D7EACE270F2F77A644F616D20ACC84286'),
    (37, 36, 1767681120000, X'45B776788E2D73EE4577C1C6A6C689FA4B927824FD0ED85C27CFD17250FE352E');

UPDATE accounts SET balance_paise = 1825 WHERE id = 1;
UPDATE accounts SET balance_paise = 330 WHERE id = 2;
UPDATE accounts SET balance_paise = 700 WHERE id = 9;
UPDATE accounts SET balance_paise = 917815 WHERE id = 20;
UPDATE accounts SET balance_paise = 1140700 WHERE id = 22;
UPDATE accounts SET balance_paise = 69085 WHERE id = 23;
INSERT INTO accounts (id, name, balance_paise, may_go_below_zero) VALUES
    (24, 'acquirer:1', 30000, 0);

INSERT INTO entries (id, batch_id, kind, about_id, at_ms) VALUES
    (14, 20, 7, 1, 1767249120000),
    (15, 21, 8, 1, 1767681120000),
    (16, 26, 7, 2, 1767681120000),
    (17, 33, 7, 5, 1767681120000),
    (18, 33, 9, 2, 1767681120000);

INSERT INTO postings (entry_id, line, debit_account, credit_account, amount_paise) VALUES
    (14, 1, 24, 23, 9616),
    (14, 2, 24, 1, 325),
    (14, 3, 24, 2, 59),
    (15, 1, 23, 20, 9616),
    (16, 1, 24, 23, 19587),
    (16, 2, 24, 1, 350),
    (16, 3, 24, 2, 63),
    (17, 1, 22, 23, 49498),
    (17, 2, 22, 1, 425),
    (17, 3, 22, 2, 77),
    (18, 1, 22, 9, 700);

INSERT INTO acquirers (id, name) VALUES
    (1, 'test');

INSERT INTO holidays (day, name) VALUES
    (20479, 'Republic Day');

INSERT INTO payments (id, batch_id, merchant_id, txnid, amount_paise, fee_paise, gst_paise, settle_after, productinfo, customer, udf, surl, furl, created_at_ms, expires_at_ms, status, attempts, last_attempt_id, last_change_id, ended_at_ms, settle_day, settlement_id) VALUES
    (1, 18, 1, 'T1', 10000, 325, 59, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767249120000, 1767250020000, 1, 1, 1, 3, 1767249120000, 20458, 1),
    (2, 22, 1, 'T2', 20000, 350, 63, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 1, 2, 3, 8, 1767681120000, 20461, NULL),
    (3, 27, 1, 'T3', 30000, 375, 68, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 0, 1, 4, 10, NULL, NULL, NULL),
    (4, 29, 1, 'T4', 40000, 400, 72, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 3, 0, NULL, 12, 1767681120000, NULL, NULL),
    (5, 31, 1, 'T5', 50000, 425, 77, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 1, 1, 5, 15, 1767681120000, 20461, NULL),
    (6, 34, 1, 'T6', 60000, 450, 81, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 0, 0, NULL, 16, NULL, NULL, NULL),
    (7, 35, 1, 'T7', 70000, 475, 86, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 0, 1, 6, 19, NULL, NULL, NULL);

INSERT INTO attempts (id, batch_id, payment_id, number, previous_id, method, purse, reference, not_after_ms, shown, scheme, name_on_card, fingerprint, began_at_ms, status, page, fault, bank_ref, ended_at_ms) VALUES
    (1, 19, 1, 1, 0, 'upi', 24, 'RC0A1B2C00000000000001', 1767250020000, 'pays@t', '', '', X'', 1767249120000, 2, NULL, NULL, 'RRN0001', 1767249120000),
    (2, 23, 2, 1, 0, 'upi', 24, 'RC0A1B2C00000000000002', 1767682020000, 'refuses@t', '', '', X'', 1767681120000, 3, NULL, 'declined', NULL, 1767681120000),
    (3, 25, 2, 2, 2, 'upi', 24, 'RC0A1B2C00000000000003', 1767682020000, 'pays@t', '', '', X'', 1767681120000, 2, NULL, NULL, 'RRN0003', 1767681120000),
    (4, 28, 3, 1, 0, 'upi', 24, 'RC0A1B2C00000000000004', 1767682020000, 'waits@t', '', '', X'', 1767681120000, 1, 'https://bank.example/otp', NULL, NULL, NULL),
    (5, 32, 5, 1, 0, 'upi_qr', 22, 'RC0A1B2C00000000000005', 1767682020000, '', '', '', X'', 1767681120000, 2, NULL, NULL, 'UTR1', 1767681120000),
    (6, 36, 7, 1, 0, 'upi', 24, 'RC0A1B2C00000000000006', 1767682020000, 'refuses@t', '', '', X'', 1767681120000, 3, NULL, 'declined', NULL, 1767681120000);

INSERT INTO payment_changes (id, batch_id, payment_id, previous_id, what, attempt_id, at_ms, detail) VALUES
    (1, 18, 1, 0, 0, 0, 1767249120000, ''),
    (2, 19, 1, 1, 1, 1, 1767249120000, 'upi'),
    (3, 20, 1, 2, 3, 1, 1767249120000, 'RRN0001'),
    (4, 22, 2, 0, 0, 0, 1767681120000, ''),
    (5, 23, 2, 4, 1, 2, 1767681120000, 'upi'),
    (6, 24, 2, 5, 2, 2, 1767681120000, 'declined'),
    (7, 25, 2, 6, 1, 3, 1767681120000, 'upi'),
    (8, 26, 2, 7, 3, 3, 1767681120000, 'RRN0003'),
    (9, 27, 3, 0, 0, 0, 1767681120000, ''),
    (10, 28, 3, 9, 1, 4, 1767681120000, 'upi'),
    (11, 29, 4, 0, 0, 0, 1767681120000, ''),
    (12, 30, 4, 11, 5, 0, 1767681120000, ''),
    (13, 31, 5, 0, 0, 0, 1767681120000, ''),
    (14, 32, 5, 13, 1, 5, 1767681120000, 'upi_qr'),
    (15, 33, 5, 14, 3, 5, 1767681120000, 'UTR1'),
    (16, 34, 6, 0, 0, 0, 1767681120000, ''),
    (17, 35, 7, 0, 0, 0, 1767681120000, ''),
    (18, 36, 7, 17, 1, 6, 1767681120000, 'upi'),
    (19, 37, 7, 18, 2, 6, 1767681120000, 'declined');

INSERT INTO payments_open (expires_at_ms, payment_id) VALUES
    (1767682020000, 3),
    (1767682020000, 6),
    (1767682020000, 7);

INSERT INTO attempts_under_way (attempt_id, asks, ask_at_ms) VALUES
    (4, 1, 1767681122000);

INSERT INTO payments_unsettled (settle_day, merchant_id, payment_id, net_paise) VALUES
    (20461, 1, 2, 19587),
    (20461, 1, 5, 49498);

INSERT INTO settlements (id, batch_id, merchant_id, payments, net_paise, at_ms) VALUES
    (1, 21, 1, 1, 9616, 1767681120000);

INSERT INTO receipts (id, batch_id, bank_account_id, utr, amount_paise, remark, said_by, at_ms, attempt_id, why) VALUES
    (1, 33, 1, 'UTR1', 50000, 'RC0A1B2C00000000000005', 'january.csv', 1767681120000, 5, NULL),
    (2, 33, 1, 'UTR2', 700, 'rent', 'january.csv', 1767681120000, NULL, 'no reference of ours in the remark');

INSERT INTO payment_discrepancies (id, attempt_id, at_ms, what) VALUES
    (1, 6, 1767681120000, 'Failed here, but the acquirer says Captured(Utr("RRN9"))');

