INSERT INTO question_vectors (
    tenant, thread_id, titled, community_id, author_id, event_id, vector, sequence, model
)
SELECT new.*, $9
FROM unnest(
    $1::text[], $2::uuid[], $3::bool[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bytea[], $8::bigint[]
) AS new (tenant, thread_id, titled, community_id, author_id, event_id, vector, sequence)
ON CONFLICT (tenant, thread_id, titled) DO UPDATE
SET community_id = EXCLUDED.community_id,
    author_id = EXCLUDED.author_id,
    event_id = EXCLUDED.event_id,
    vector = EXCLUDED.vector,
    sequence = EXCLUDED.sequence,
    model = EXCLUDED.model
