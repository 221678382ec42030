CREATE TABLE deliveries (
    tenant text NOT NULL,
    delivery_id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,            -- due, sent, cancelled or dead
    attempts integer NOT NULL,
    last_code text,                 -- how the last attempt failed, or why it was cancelled
    queued_at bigint NOT NULL,      -- milliseconds since the epoch
    due_at bigint,                  -- NULL once it is over: this column is the timer
    PRIMARY KEY (tenant, delivery_id)
);
