CREATE TABLE directory_members (
    tenant text NOT NULL,
    member_id uuid NOT NULL,
    handle text,                     -- NULL once erased
    state smallint NOT NULL,         -- 1 active, 2 suspended, 3 erased
    roles integer NOT NULL,          -- bit n: tenant role n
    registered_at bigint NOT NULL,
    PRIMARY KEY (tenant, member_id)
);
CREATE TABLE directory_fields (
    tenant text NOT NULL,
    member_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind smallint NOT NULL,
    visibility smallint NOT NULL,
    value text NOT NULL,
    label text NOT NULL,
    PRIMARY KEY (tenant, member_id, ordinal)
);
