CREATE TABLE notice_blocks (
    tenant text NOT NULL,
    member_id uuid NOT NULL,
    blocked_id uuid NOT NULL,
    PRIMARY KEY (tenant, member_id, blocked_id)
);
