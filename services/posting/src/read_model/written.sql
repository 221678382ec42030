-- What people's newest standing threads mean by one model, of each where is asked for: `number`
-- says for whom. The bound holds for each of them, so none pushes out another's.
SELECT
    asked.number AS "number!",
    written.thread_id AS "thread_id!",
    written.community_id AS "community_id!",
    written.started_at AS "started_at!",
    vectors.vector AS "vector!"
FROM (
    SELECT number, author_id, array_agg(community_id) AS communities
    FROM unnest($2::int[], $3::uuid[], $4::uuid[]) AS each_place (number, author_id, community_id)
    GROUP BY number, author_id
) AS asked
CROSS JOIN LATERAL (
    SELECT thread_id, community_id, started_at
    FROM threads_v1
    WHERE tenant = $1
        AND author_id = asked.author_id
        AND community_id = ANY(asked.communities)
        AND NOT deleted
        AND NOT author_erased
        AND started_at IS NOT NULL
    ORDER BY started_at DESC, thread_id
    LIMIT $6
) AS written
JOIN question_vectors_v1 AS vectors
    ON vectors.tenant = $1 AND vectors.thread_id = written.thread_id AND vectors.model = $5
ORDER BY asked.number, written.started_at DESC, written.thread_id, vectors.titled
