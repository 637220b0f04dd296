-- One reload of the configuration reaches every server: each remembers the number that it has seen.
CREATE TABLE reload_requests (
    only_row     boolean      PRIMARY KEY DEFAULT true CHECK (only_row),
    number       bigint       NOT NULL,
    requested_at timestamp(3) NOT NULL
);
INSERT INTO reload_requests (number, requested_at) VALUES (0, '2000-01-01');
