-- One row for each ordered pair of members of whom one asked the other to mentor them.
CREATE TABLE pairings (
    tenant text NOT NULL,
    pairing_id uuid NOT NULL,
    mentee_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    -- 1 open, 2 going on, 3 declined, 4 taken back, 5 ended, 6 lapsed: as the contract
    -- counts them.
    state smallint NOT NULL,
    -- NULL if nothing was written, or whoever wrote it was erased.
    note text,
    -- Milliseconds since the epoch, as the commands said; each the last time.
    asked_at bigint NOT NULL,
    accepted_at bigint,
    ended_at bigint,
    ended_by uuid,
    reason smallint,
    mentee_erased boolean NOT NULL,
    mentor_erased boolean NOT NULL,
    -- Which round asked in the mentee's name, who learns of it only by a yes; NULL if they
    -- asked themselves.
    round_id uuid,
    PRIMARY KEY (tenant, pairing_id)
);

-- What either side said of how a pairing goes.
CREATE TABLE check_ins (
    tenant text NOT NULL,
    check_in_id uuid NOT NULL,
    pairing_id uuid NOT NULL,
    written_by uuid NOT NULL,
    -- As the contract counts them.
    mood smallint NOT NULL,
    -- NULL if nothing was written, or whoever wrote it was erased.
    note text,
    said_at bigint NOT NULL,
    PRIMARY KEY (tenant, check_in_id)
);
