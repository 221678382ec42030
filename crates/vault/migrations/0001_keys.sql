-- The key vault. Wrapped keys only; nothing here opens without the root key.

CREATE TABLE vault_canary (
    singleton  boolean     PRIMARY KEY DEFAULT TRUE CHECK (singleton),
    root_name  text        NOT NULL,
    wrapped    bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tenant_keys (
    tenant              text        PRIMARY KEY,
    key_id              uuid        NOT NULL UNIQUE,
    wrapped             bytea       NOT NULL,
    reservation_wrapped bytea       NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now()
);

-- One key per member, for ever: a destroyed one keeps its row, so that none is made again.
CREATE TABLE data_keys (
    tenant       text        NOT NULL,
    key_id       uuid        NOT NULL,
    member       uuid        NOT NULL,
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    PRIMARY KEY (tenant, key_id),
    UNIQUE (tenant, member),
    CONSTRAINT destroyed_means_gone CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
