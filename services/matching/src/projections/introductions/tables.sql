-- One row for each ordered pair of members of whom one asked to meet the other.
CREATE TABLE introductions (
    tenant text NOT NULL,
    introduction_id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    -- 1 open, 2 accepted, 3 declined, 4 taken back: as the contract counts them.
    state smallint NOT NULL,
    -- NULL if nothing was written, or whoever wrote it was erased.
    note text,
    -- Milliseconds since the epoch, as the commands said.
    asked_at bigint NOT NULL,
    answered_at bigint,
    from_erased boolean NOT NULL,
    to_erased boolean NOT NULL,
    PRIMARY KEY (tenant, introduction_id)
);
