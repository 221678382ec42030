-- What the projector knows about itself. Owned by kindred_migrator; rows are
-- written by kindred_projector. Nothing here holds anybody's words.

CREATE TABLE generations (
    projection text NOT NULL,
    generation bigint NOT NULL,
    version integer NOT NULL,
    context text NOT NULL,
    schema_name text NOT NULL,
    state text NOT NULL CHECK (state IN ('building', 'live', 'kept', 'dropping', 'gone')),
    -- What a building generation is doing.
    phase text NOT NULL CHECK (phase IN ('tables', 'load', 'catch_up', 'compare', 'flip', 'done')),
    -- What it is or was built for: the first of its version, a rebuild, a verification.
    purpose text NOT NULL CHECK (purpose IN ('first', 'rebuild', 'verify')),
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    load_target bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    events bigint NOT NULL DEFAULT 0,
    rate double precision NOT NULL DEFAULT 0,
    progress_at timestamptz,
    finished_at timestamptz,
    retired_at timestamptz,
    outcome text NOT NULL DEFAULT '',
    error text NOT NULL DEFAULT '',
    PRIMARY KEY (projection, generation)
);
CREATE UNIQUE INDEX generations_one_live ON generations (projection, version) WHERE state = 'live';
CREATE UNIQUE INDEX generations_one_building ON generations (projection, version) WHERE state = 'building';
CREATE SEQUENCE generation_numbers AS bigint OWNED BY generations.generation;

-- How far a consumer is. Reactions and the redactor are generation 0.
CREATE TABLE checkpoints (
    consumer text NOT NULL,
    generation bigint NOT NULL,
    context text NOT NULL,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 63),
    sequence bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT '\x00000000000000000000000000000000',
    epoch bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, generation, context, partition)
) WITH (fillfactor = 50);

-- Processes that live, and what they can run.
CREATE TABLE workers (
    worker uuid PRIMARY KEY,
    hosts text[] NOT NULL,
    lease_until timestamptz NOT NULL
);

-- Who owns a partition of a consumer; the epoch also stands in its checkpoint.
CREATE TABLE leases (
    consumer text NOT NULL,
    generation bigint NOT NULL,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 63),
    worker uuid,
    epoch bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, generation, partition)
);

-- Events that could not be applied, and the later ones of their entities. References
-- only: the events themselves are in the log.
CREATE TABLE parked (
    consumer text NOT NULL,
    generation bigint NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    event_index integer NOT NULL,
    -- Empty for an event that waits behind another one of its entity.
    error text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, generation, subject, sequence)
);

-- What operators did with parked events.
CREATE TABLE parking_records (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text NOT NULL,
    generation bigint NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('replayed', 'discarded')),
    actor text NOT NULL,
    reason text NOT NULL,
    acted_at timestamptz NOT NULL DEFAULT now()
);

-- Who was erased, in the order in which it was recorded.
CREATE TABLE erased_people (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    member uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    redacted_at timestamptz,
    confirmed_at timestamptz,
    UNIQUE (tenant, member)
);

-- Up to which of them a generation has been redacted.
CREATE TABLE redactions (
    projection text NOT NULL,
    generation bigint NOT NULL,
    redacted_through bigint NOT NULL,
    PRIMARY KEY (projection, generation)
);

-- Which stream the rows were made from.
CREATE TABLE stream_identities (
    context text PRIMARY KEY,
    identity text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA kindred TO kindred_projector;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA kindred TO kindred_projector;
GRANT SELECT ON checkpoints, generations TO kindred_reader;
