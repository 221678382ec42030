-- Which process may send mails now.
CREATE TABLE sending_lease (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    held_until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sending_lease TO kindred_projector;
