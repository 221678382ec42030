-- One row for each round of the mentor programme; numbers only.
CREATE TABLE rounds (
    tenant text NOT NULL,
    round_id uuid NOT NULL,
    -- 1 cheapest, 2 stable: as the contract counts them.
    mode smallint NOT NULL,
    -- Milliseconds since the epoch, as the commands said.
    started_at bigint NOT NULL,
    -- NULL while it runs, as are the numbers.
    finished_at bigint,
    waiting integer,
    mentors integer,
    places integer,
    proposed integer,
    longest_wait_millis bigint,
    PRIMARY KEY (tenant, round_id)
);
