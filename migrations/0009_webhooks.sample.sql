-- Sample rows for every table of 0009_webhooks: payment 8 is dropped. Webhook 3 was told so, and
-- switched off later; webhook 2 has failed once, and is owed it still. What happened before has no events. Never changed once
-- 0009_webhooks is released. The header's value is sealed under the instance key 07 07 … 07.

UPDATE counters SET value = 3 WHERE name = 'endpoint';
UPDATE counters SET value = 51 WHERE name = 'batch';
UPDATE counters SET value = 8 WHERE name = 'payment';
UPDATE counters SET value = 21 WHERE name = 'payment_change';
UPDATE counters SET value = 18 WHERE name = 'callback';
UPDATE counters SET value = 1 WHERE name = 'event';
UPDATE counters SET value = 1 WHERE name = 'mail';

INSERT INTO webhooks (id, merchant_id, url, kinds, header_name, header_sealed, active, failures, failing_since_ms, last_failure, off_at_ms, off_reason, created_at_ms) VALUES
    (2, 1, 'https://shop.example/hook', 222, 'X-Shop-Token', X'01010101010101010101010101010101010101010101010168520ACA55B97DE7C32030E3A582482654489C348DFFDB306B703185A1F8FD703C3B', 1, 1, 1767682020000, 'HTTP 500 without an acknowledgement', NULL, NULL, 1767681120000),
    (3, 1, 'https://old.shop.example/hook', 4, NULL, NULL, 0, 20, 1767682030000, 'not reached: no connection', 1767682060000, '20 failures in a row, the last: not reached: no connection', 1767681120000);

INSERT INTO batches (id, previous_id, at_ms, hash) VALUES
    (50, 49, 1767681120000, X'004B54ADAFE68E1A15265C64D579EE03E51B44E61953371902455605470EDA0C'),
    (51, 50, 1767682020000, X'70BE43B2FF3EFF2D2BC7F728C593B2A497D16AB6683336B201EF4362103EC287');

INSERT INTO payments (id, batch_id, merchant_id, txnid, amount_paise, fee_paise, gst_paise, settle_after, productinfo, customer, udf, surl, furl, created_at_ms, expires_at_ms, status, attempts, last_attempt_id, last_change_id, ended_at_ms, settle_day, settlement_id) VALUES
    (8, 50, 1, 'T8', 80000, 500, 90, 2, 'Blue pen', '
Asha

asha@example.com
9876543210





', '









', 'https://shop.example/ok', 'https://shop.example/no', 1767681120000, 1767682020000, 5, 0, NULL, 21, 1767682020000, NULL, NULL);

INSERT INTO payment_changes (id, batch_id, payment_id, previous_id, what, attempt_id, at_ms, detail) VALUES
    (20, 50, 8, 0, 0, 0, 1767681120000, ''),
    (21, 51, 8, 20, 7, 0, 1767682020000, '');

INSERT INTO events (id, batch_id, merchant_id, kind, payment_id, about_id, change_id, at_ms, detail) VALUES
    (1, 51, 1, 2, 8, 8, 21, 1767682020000, '');

INSERT INTO callbacks_done (id, endpoint_id, kind, about_id, change_id, attempts, done_at_ms, took_ms) VALUES
    (17, 3, 1, 8, 1, 1, 1767682020000, 12);

INSERT INTO callbacks (id, endpoint_id, kind, about_id, change_id, since_ms, attempts, due_at_ms, parked) VALUES
    (18, 2, 1, 8, 1, 1767682020000, 1, 1767682025000, 0);

INSERT INTO callback_attempts (callback_id, attempt, at_ms, took_ms, reply) VALUES
    (18, 1, 1767682020000, 9, 'HTTP 500 without an acknowledgement');

INSERT INTO mails (id, merchant_id, kind, subject, body, created_at_ms, sent_at_ms) VALUES
    (1, 1, 'webhook.switched_off', 'Your webhook 3 was switched off', 'Nothing is posted to https://old.shop.example/hook any more.', 1767682060000, NULL);
