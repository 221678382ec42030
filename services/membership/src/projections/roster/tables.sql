CREATE TABLE roster_communities (
    tenant text NOT NULL,
    community_id uuid NOT NULL,
    name text NOT NULL,
    purpose text NOT NULL,
    join_policy smallint NOT NULL,
    guidelines text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant, community_id)
);
CREATE TABLE roster_members (
    tenant text NOT NULL,
    community_id uuid NOT NULL,
    member_id uuid NOT NULL,
    state smallint NOT NULL,         -- as MembershipState on the wire; 1 also for one who is invited
    role smallint NOT NULL,          -- 0 for none
    note text,                       -- what somebody who waits wrote
    since bigint NOT NULL,
    PRIMARY KEY (tenant, community_id, member_id)
);
