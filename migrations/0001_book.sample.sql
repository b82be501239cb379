-- Sample rows for every table of 0001_book: a small book that is sound, which every later migration must survive.
-- Made by this program from a merchant with ₹10,000: payout 1 paid, 2 refused, 3 silent, 4 came back, 5 waits, 6 declined.
-- Never changed once 0001_book is released. Secrets are sealed under the instance key 07 07 … 07.

-- What the migration itself put in.
DELETE FROM counters;
DELETE FROM accounts;

INSERT INTO counters (name, value) VALUES
    ('batch', 17),
    ('entry', 13),
    ('payout', 6),
    ('change', 15),
    ('callback', 15),
    ('merchant', 1),
    ('endpoint', 1),
    ('bank_account', 1),
    ('discrepancy', 1),
    ('action', 4),
    ('operator', 1),
    ('settings', 2);

INSERT INTO merchants (id, pid, name, active, addresses, amount_rupees_max, fee_flat_paise, fee_basis_points, gst_basis_points, fee_given_back, collect_key, created_at_ms) VALUES
    (1, 'SHOP1', 'A shop', 1, '127.0.0.1 2001:db8::/32', 100000, 300, 25, 1800, 0, 'SHOP1KEY', 1767249000000);

INSERT INTO merchant_secrets (merchant_id, kind, version, sealed, created_at_ms, retires_at_ms) VALUES
    (1, 'payout_secret', 1, X'0101010101010101010101010101010101010101010101016B0010D713B90FFBC06E36EEB48F54281B6BF0F0EF10441E59F2D1654ED4AC3F9030412AA9E3', 1767249000000, NULL),
    (1, 'payout_token', 1, X'0101010101010101010101010101010101010101010101016B0010D713B90FFCCA6621E5E0C05D6E6870F7EF8EF2FDBD4046988E9C0F1655A2E301CC76', 1767249000000, NULL),
    (1, 'collect_salt', 1, X'010101010101010101010101010101010101010101010101780E05D403AE24D7D66C28FFE0C05D6E6870F7EF8ECF324E4559EC89E2566098C6AD4A3353', 1767249000000, NULL),
    (1, 'collect_authorization', 1, X'010101010101010101010101010101010101010101010101780E05D403AE24D7C47830E3AFDD52345A4CD1D0D101BDAEEF6F54C2EC8DA00D2ABBE979AE39D831D7BAF617E30E', 1767249000000, NULL),
    (1, 'callback_signing', 1, X'010101010101010101010101010101010101010101010101780005D404AC33E3FA7E2DECAEC655291B57DE9FEC699D98FED4AE5E1D3F48A308E643E1983791C234', 1767249000000, NULL);

INSERT INTO endpoints (id, merchant_id, purpose, url) VALUES
    (1, 1, 'payout', 'https://shop.example/callback');

INSERT INTO bank_accounts (id, name, rail, number, holder, bank, minimum_balance_paise, daily_limit_paise, weight, active, under_way_paise, used_day, used_paise) VALUES
    (1, 'pg1', 'test', 'OP1', 'Operator', 'A bank', 0, 1000000000, 1, 1, 30000, 20454, 80000);

INSERT INTO operators (id, name, email, password_hash, verification_hash, created_at_ms) VALUES
    (1, 'Meera', 'meera@example.com', '$argon2id$v=19$m=19456,t=2,p=1$c2FtcGxl$cGFzc3dvcmQ', '$argon2id$v=19$m=19456,t=2,p=1$c2FtcGxl$dmVyaWZ5', 1767249000000);

INSERT INTO actions (id, at_ms, actor, action, subject, detail) VALUES
    (1, 1767249000000, 'test', 'merchant.add', 'SHOP1', 'A shop'),
    (2, 1767249000000, 'test', 'fund', 'SHOP1', '₹10,000.00'),
    (3, 1767249000000, 'test', 'fund', 'operator', '₹1,000.00'),
    (4, 1767249064000, 'meera@example.com', 'payout.decline', '6', 'Unknown beneficiary');

INSERT INTO batches (id, previous_id, at_ms, hash) VALUES
    (1, 0, 1767249000000, X'9CC6EF846C4A5BEA36BD93487A60E4C48169107CCEC6BB8315664381FCD10F3D'),
    (2, 1, 1767249000000, X'39AFE45C49A539740940F45A2B6C29FFFADEDC3E8D1A9ED3CF62E650E6A8B4D4'),
    (3, 2, 1767249001000, X'D482FCEEDAE7682F628DE588AF05857BD3E89320E8324B24F7EB9CFA049312B4'),
    (4, 3, 1767249001000, X'1B3C51E02D4655D7DBBD8623BE88D0E3BAE82FDAC420AE88619A5C951A5DCCDF'),
    (5, 4, 1767249001000, X'BF1038DF70B87ED46DBACE2D72812F3E43D072697A556EB6010CB59FDC683ABF'),
    (6, 5, 1767249002000, X'002420D2A33B5279736AF8DF09E960AB1FEFCA708A493B159CF0DD034C12C5FC'),
    (7, 6, 1767249002000, X'300C2BC55FF894DFE62185BD0107695182E80846042B521399CE6FD2D31806DF'),
    (8, 7, 1767249002000, X'649D03293AA18C031CD40AC13C29AB89F8B74C4387B70BB6BE0D5087FAF87BC8'),
    (9, 8, 1767249003000, X'68CF721736B1798C09C1DA03283173506B9EFD79DCA9294C0C54550D4F86B76F'),
    (10, 9, 1767249003000, X'FFC7229D17A1A647EDA27EEFBC4213EF00962FD1E17E23D5F3B6299E06667E55'),
    (11, 10, 1767249004000, X'9374541CA06F74CAA76EC44CCCF48014E16A7D19BB964DD191F926E2EF764F67'),
    (12, 11, 1767249004000, X'890713FF625CDC6AC6B8A2F30190E0BE699FD78F90AA41F3B41902E15B6671F0'),
    (13, 12, 1767249004000, X'8E5CAF56D1E1051003424890441E57D6F289D0B1EF9AD5B0DD3D40F52AAD4113'),
    (14, 13, 1767249064000, X'90B6182E9C39566434683C232D5C7854BC8C9DC2DE5B7B7BE754915E3E802368'),
    (15, 14, 1767249064000, X'ECC67FFDAE2924588CFC98F57F329CA0075FB8A772C1234D5BECC4AC82E92DC6'),
    (16, 15, 1767249064000, X'CA8E011523EB19FCF104A516485131E3BD3216E987B9946A642326B30B00C866'),
    (17, 16, 1767249064000, X'E69433B8772039C1C6156B290297E6C4F492D7012B3789E6FF9E2A11FBEC45C5');

INSERT INTO accounts (id, name, balance_paise, may_go_below_zero) VALUES
    (1, 'income:fee', 725, 1),
    (2, 'tax:gst', 131, 1),
    (3, 'operator:capital', 100000, 1),
    (20, 'merchant:1:available', 908199, 0),
    (21, 'merchant:1:held', 80945, 0),
    (22, 'bank:1', 1090000, 1);

INSERT INTO entries (id, batch_id, kind, payout_id, at_ms) VALUES
    (1, 1, 2, NULL, 1767249000000),
    (2, 2, 1, NULL, 1767249000000),
    (3, 3, 3, 1, 1767249001000),
    (4, 5, 4, 1, 1767249001000),
    (5, 6, 3, 2, 1767249002000),
    (6, 8, 5, 2, 1767249002000),
    (7, 9, 3, 3, 1767249003000),
    (8, 11, 3, 4, 1767249004000),
    (9, 13, 4, 4, 1767249004000),
    (10, 14, 6, 4, 1767249064000),
    (11, 15, 3, 5, 1767249064000),
    (12, 16, 3, 6, 1767249064000),
    (13, 17, 5, 6, 1767249064000);

INSERT INTO postings (entry_id, line, debit_account, credit_account, amount_paise) VALUES
    (1, 1, 22, 20, 1000000),
    (2, 1, 22, 3, 100000),
    (3, 1, 20, 21, 10384),
    (4, 1, 21, 22, 10000),
    (4, 2, 21, 1, 325),
    (4, 3, 21, 2, 59),
    (5, 1, 20, 21, 20413),
    (6, 1, 21, 20, 20413),
    (7, 1, 20, 21, 30443),
    (8, 1, 20, 21, 40472),
    (9, 1, 21, 22, 40000),
    (9, 2, 21, 1, 400),
    (9, 3, 21, 2, 72),
    (10, 1, 22, 20, 40000),
    (11, 1, 20, 21, 50502),
    (12, 1, 20, 21, 60531),
    (13, 1, 21, 20, 60531);

INSERT INTO payouts (id, batch_id, merchant_id, order_id, amount_paise, fee_paise, gst_paise, fee_given_back, account_no, account_holder, ifsc, bank, bank_address, email, phone, requested_at_ms, status, last_change_id, last_callback_id, bank_account_id, utr) VALUES
    (1, 3, 1, 'ORDER000001', 10000, 325, 59, 0, '100', 'Asha Rao', 'HDFC0000001', 'HDFC', '', 'asha@example.com', '', 1767249001000, 2, 3, 3, 1, 'UTR000000001'),
    (2, 6, 1, 'ORDER000002', 20000, 350, 63, 0, '200', 'Asha Rao', 'HDFC0000001', 'HDFC', '', 'asha@example.com', '', 1767249002000, 3, 6, 6, 1, NULL),
    (3, 9, 1, 'ORDER000003', 30000, 375, 68, 0, '300', 'Asha Rao', 'HDFC0000001', 'HDFC', '', 'asha@example.com', '', 1767249003000, 1, 8, 8, 1, NULL),
    (4, 11, 1, 'ORDER000004', 40000, 400, 72, 0, '100', 'Asha Rao', 'HDFC0000001', 'HDFC', '', 'asha@example.com', '', 1767249004000, 3, 12, 12, 1, 'UTR000000004'),
    (5, 15, 1, 'ORDER000005', 50000, 425, 77, 0, '100', 'Asha Rao', 'HDFC0000001', 'HDFC', '', 'asha@example.com', '', 1767249064000, 0, 13, 13, NULL, NULL),
    (6, 16, 1, 'ORDER000006', 60000, 450, 81, 0, '100', 'Asha Rao', 'HDFC0000001', 'HDFC', '', 'asha@example.com', '', 1767249064000, 4, 15, 15, NULL, NULL);

INSERT INTO payout_changes (id, batch_id, payout_id, previous_id, status, at_ms, note) VALUES
    (1, 3, 1, 0, 0, 1767249001000, 'Request saved'),
    (2, 4, 1, 1, 1, 1767249001000, 'Given to the bank'),
    (3, 5, 1, 2, 2, 1767249001000, 'Paid'),
    (4, 6, 2, 0, 0, 1767249002000, 'Request saved'),
    (5, 7, 2, 4, 1, 1767249002000, 'Given to the bank'),
    (6, 8, 2, 5, 3, 1767249002000, 'The beneficiary''s account takes no credit'),
    (7, 9, 3, 0, 0, 1767249003000, 'Request saved'),
    (8, 10, 3, 7, 1, 1767249003000, 'Given to the bank'),
    (9, 11, 4, 0, 0, 1767249004000, 'Request saved'),
    (10, 12, 4, 9, 1, 1767249004000, 'Given to the bank'),
    (11, 13, 4, 10, 2, 1767249004000, 'Paid'),
    (12, 14, 4, 11, 3, 1767249064000, 'The beneficiary''s bank returned the money'),
    (13, 15, 5, 0, 0, 1767249064000, 'Request saved'),
    (14, 16, 6, 0, 0, 1767249064000, 'Request saved'),
    (15, 17, 6, 14, 4, 1767249064000, 'Unknown beneficiary');

INSERT INTO payouts_waiting (payout_id) VALUES
    (5);

INSERT INTO payouts_sent (payout_id, bank_account_id, reference, not_after_ms, asks, ask_at_ms) VALUES
    (3, 1, 'RK0A1B2C00000000000003', 1767249023000, 1, 1767249005000);

INSERT INTO rail_news (rail, position) VALUES
    ('test', 1);

INSERT INTO discrepancies (id, payout_id, at_ms, what) VALUES
    (1, 1, 1767249064000, 'Approved here, but the bank says Refused(Other)');

INSERT INTO callbacks (id, endpoint_id, payout_id, change_id, since_ms, attempts, due_at_ms, parked) VALUES
    (2, 1, 1, 2, 1767249001000, 1, 1767249069000, 0),
    (3, 1, 1, 3, 1767249001000, 0, 1767249001000, 0),
    (4, 1, 2, 4, 1767249002000, 0, 1767249002000, 0),
    (5, 1, 2, 5, 1767249002000, 0, 1767249002000, 0),
    (6, 1, 2, 6, 1767249002000, 0, 1767249002000, 0),
    (7, 1, 3, 7, 1767249003000, 0, 1767249003000, 0),
    (8, 1, 3, 8, 1767249003000, 0, 1767249003000, 0),
    (9, 1, 4, 9, 1767249004000, 0, 1767249004000, 0),
    (10, 1, 4, 10, 1767249004000, 0, 1767249004000, 0),
    (11, 1, 4, 11, 1767249004000, 0, 1767249004000, 0),
    (12, 1, 4, 12, 1767249064000, 0, 1767249064000, 0),
    (13, 1, 5, 13, 1767249064000, 0, 1767249064000, 0),
    (14, 1, 6, 14, 1767249064000, 0, 1767249064000, 0),
    (15, 1, 6, 15, 1767249064000, 0, 1767249064000, 0);

INSERT INTO callbacks_done (id, endpoint_id, payout_id, change_id, attempts, done_at_ms, took_ms) VALUES
    (1, 1, 1, 1, 1, 1767249064000, 31);

INSERT INTO callback_attempts (callback_id, attempt, at_ms, took_ms, reply) VALUES
    (2, 1, 1767249064000, 31, 'HTTP 500 without an acknowledgement');
