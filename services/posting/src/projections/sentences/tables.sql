-- One row for the title and one for the text of each standing thread.
CREATE TABLE question_vectors (
    tenant text NOT NULL,
    thread_id uuid NOT NULL,
    -- Whether it is of the title; else of the text.
    titled boolean NOT NULL,
    community_id uuid NOT NULL,
    author_id uuid NOT NULL,
    -- What it was made of, and by which model.
    event_id uuid NOT NULL,
    model bigint NOT NULL,
    vector bytea NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (tenant, thread_id, titled)
);
