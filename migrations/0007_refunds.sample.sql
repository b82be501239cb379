-- Sample rows for every table of 0007_refunds, beside those of the migrations before it: refund 1 of payment 1, which is settled, was
-- completed, 2 of payment 2 failed, 3 of it is under way under a merchant's key, 4 of payment 5, paid by QR code, was just asked for.
-- Never changed once 0007_refunds is released.

UPDATE counters SET value = 44 WHERE name = 'batch';
UPDATE counters SET value = 24 WHERE name = 'entry';
UPDATE counters SET value = 4 WHERE name = 'refund';
UPDATE counters SET value = 9 WHERE name = 'refund_change';

INSERT INTO batches (id, previous_id, at_ms, hash) VALUES
    (38, 37, 1767681180000, X'7A805DBB5810132DF010FEF62834B00D2B54160DC0E20591F3A1D2C8CFC78DED'),
    (39, 38, 1767681180000, X'87D7896F39A0F60DE579B13FCAF6DC28B9F53275A33E23593CE3E92D6F11FA1C'),
    (40, 39, 1767681180000, X'E23DD82A316A792B77EACC7FD90C2DC4DE0F692CE2DE5D766949895052BE75A9'),
    (41, 40, 1767681180000, X'6A2B4DADBBB29B0B10B853785FBF6C8E8991EC5229FA10BB6473857C670A3C7D'),
    (42, 41, 1767681180000, X'956A23EC75D979BA7C0DF8C9608C207CF9DFF22E767D214C7D0F169659E37B8A'),
    (43, 42, 1767681180000, X'C62E8513E0D6E40B53C2492DBA02890377479F3F8F68E11A80F683E00B5DE815'),
    (44, 43, 1767681180000, X'9929561C034ECA910B6E2C7BA2776EEB120987EFC51CB9D1A2C202531B49140D');

UPDATE accounts SET balance_paise = 914815 WHERE id = 20;
UPDATE accounts SET balance_paise = 85945 WHERE id = 21;
UPDATE accounts SET balance_paise = 64085 WHERE id = 23;
UPDATE accounts SET balance_paise = 27000 WHERE id = 24;

INSERT INTO entries (id, batch_id, kind, about_id, at_ms) VALUES
    (19, 38, 10, 1, 1767681180000),
    (20, 39, 10, 2, 1767681180000),
    (21, 40, 10, 3, 1767681180000),
    (22, 42, 11, 1, 1767681180000),
    (23, 43, 12, 2, 1767681180000),
    (24, 44, 10, 4, 1767681180000);

INSERT INTO postings (entry_id, line, debit_account, credit_account, amount_paise) VALUES
    (19, 1, 20, 21, 3000),
    (20, 1, 23, 21, 5000),
    (21, 1, 23, 21, 4000),
    (22, 1, 21, 24, 3000),
    (23, 1, 21, 23, 5000),
    (24, 1, 23, 21, 1000);

UPDATE payments SET refunded_paise = 3000, refunds = 1, last_refund_id = 1 WHERE id = 1;
UPDATE payments SET refunding_paise = 4000, uncleared_out_paise = 4000, refunds = 2, last_refund_id = 3 WHERE id = 2;
UPDATE payments SET refunding_paise = 1000, uncleared_out_paise = 1000, refunds = 1, last_refund_id = 4 WHERE id = 5;

UPDATE payments_unsettled SET net_paise = 15587 WHERE settle_day = 20461 AND merchant_id = 1 AND payment_id = 2;
UPDATE payments_unsettled SET net_paise = 48498 WHERE settle_day = 20461 AND merchant_id = 1 AND payment_id = 5;

INSERT INTO refunds (id, batch_id, merchant_id, payment_id, previous_id, amount_paise, collected_paise, attempt_id, reference, created_at_ms, status, last_change_id, not_after_ms, bank_ref, fault, ended_at_ms) VALUES
    (1, 38, 1, 1, 0, 3000, 0, 1, 'RR0A1B2C00000000000001', 1767681180000, 2, 7, 1767681200000, 'ARN1', NULL, 1767681180000),
    (2, 39, 1, 2, 0, 5000, 5000, 3, 'RR0A1B2C00000000000002', 1767681180000, 3, 8, 1767681200000, NULL, 'account_closed', 1767681180000),
    (3, 40, 1, 2, 2, 4000, 4000, 3, 'RR0A1B2C00000000000003', 1767681180000, 1, 6, 1767681200000, NULL, NULL, NULL),
    (4, 44, 1, 5, 0, 1000, 1000, 5, 'RR0A1B2C00000000000004', 1767681180000, 0, 9, NULL, NULL, NULL, NULL);

INSERT INTO refund_changes (id, batch_id, refund_id, previous_id, status, at_ms, detail) VALUES
    (1, 38, 1, 0, 0, 1767681180000, ''),
    (2, 39, 2, 0, 0, 1767681180000, ''),
    (3, 40, 3, 0, 0, 1767681180000, ''),
    (4, 41, 1, 1, 1, 1767681180000, ''),
    (5, 41, 2, 2, 1, 1767681180000, ''),
    (6, 41, 3, 3, 1, 1767681180000, ''),
    (7, 42, 1, 4, 2, 1767681180000, 'ARN1'),
    (8, 43, 2, 5, 3, 1767681180000, 'account_closed'),
    (9, 44, 4, 0, 0, 1767681180000, '');

INSERT INTO refund_keys (merchant_id, refund_key, refund_id) VALUES
    (1, 'K1', 3);

INSERT INTO refunds_under_way (refund_id, asks, ask_at_ms) VALUES
    (3, 0, 1767681182000),
    (4, 0, 1767681180000);
