CREATE TABLE entity_heads (
    tenant text NOT NULL,
    entity text NOT NULL,
    version bigint NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant, entity)
);
CREATE TABLE partition_heads (
    partition smallint PRIMARY KEY,
    sequence bigint NOT NULL,
    running bytea NOT NULL
);
