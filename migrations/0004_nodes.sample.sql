UPDATE counters SET value = 2 WHERE name = 'node';

INSERT INTO nodes (id, name, works, knows, beats, started_at_ms) VALUES
    (1, 'east', 1, 4, 17, 1767249000000),
    (2, 'west', 1, 4, 3, 1767249001000);

INSERT INTO leases (duty, node_id) VALUES
    (1, 1), (2, 2), (3, 1), (100, 2), (101, 1);
