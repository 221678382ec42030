-- One row for everybody who ever waited for a mentor.
CREATE TABLE mentor_waits (
    tenant text NOT NULL,
    member_id uuid NOT NULL,
    -- Milliseconds since the epoch, as the command said; NULL if they do not wait.
    since bigint,
    -- Whom a round asked in their name, and when; NULL while no answer is open.
    mentor_id uuid,
    round_id uuid,
    proposed_at bigint,
    PRIMARY KEY (tenant, member_id)
);
