CREATE TABLE inbox_items (
    tenant text NOT NULL,
    item_id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    actor_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    thread_id uuid,
    community_id uuid,
    declined boolean NOT NULL,
    added_at bigint NOT NULL,       -- milliseconds since the epoch
    read boolean NOT NULL,
    PRIMARY KEY (tenant, item_id)
);
