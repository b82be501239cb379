-- The delivered callback of the sample book is forgotten; another one was delivered since.
INSERT INTO callbacks_done (id, endpoint_id, payout_id, change_id, attempts, done_at_ms, took_ms) VALUES
    (16, 1, 1, 3, 1, 1767249065000, 30);
UPDATE counters SET value = 16 WHERE name = 'callback';
DELETE FROM callbacks_done WHERE id = 1;
UPDATE callbacks_forgotten SET callback_id = 1, change_id = 1;
