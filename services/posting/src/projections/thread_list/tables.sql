-- One row for each thread. A reply that is applied before its thread (which then waits
-- among the parked) makes the row; `started_at` is NULL until the thread is applied.
CREATE TABLE threads (
    tenant text NOT NULL,
    thread_id uuid NOT NULL,
    community_id uuid NOT NULL,
    author_id uuid NOT NULL,
    -- NULL if the thread was taken out or its author erased.
    title text,
    -- Milliseconds since the epoch, as the commands said.
    started_at bigint,
    last_activity_at bigint NOT NULL,
    replies bigint NOT NULL,
    deleted boolean NOT NULL,
    author_erased boolean NOT NULL,
    PRIMARY KEY (tenant, thread_id)
);
