-- The first four payouts are a full epoch of two pages.
UPDATE order_form SET epoch_orders = 4, epoch_pages = 2;

INSERT INTO order_pages (id, orders) VALUES
    (0, X'098CE73E00000003'),
    (1, X'0A912E190000000049E3DE0F000000015BBBC2E400000002');
