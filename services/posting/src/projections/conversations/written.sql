-- Messages that were written in this batch, as they stand at its end.
INSERT INTO messages (
    tenant, message_id, conversation_id, author_id, text, written_at, deleted_at, author_erased, sequence
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::bool[], $9::bigint[]
)
