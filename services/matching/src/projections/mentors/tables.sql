-- One row for everybody who ever offered to mentor.
CREATE TABLE mentors (
    tenant text NOT NULL,
    member_id uuid NOT NULL,
    -- Whether they offer now.
    enrolled boolean NOT NULL,
    -- What they can help with; NULL if they left or were erased.
    about text,
    capacity smallint NOT NULL,
    trained boolean NOT NULL,
    paused boolean NOT NULL,
    erased boolean NOT NULL,
    PRIMARY KEY (tenant, member_id)
);
