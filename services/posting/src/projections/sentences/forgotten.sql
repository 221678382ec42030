DELETE FROM question_vectors
USING unnest($1::text[], $2::uuid[], $3::bool[]) AS old (tenant, thread_id, titled)
WHERE question_vectors.tenant = old.tenant
    AND question_vectors.thread_id = old.thread_id
    AND question_vectors.titled = old.titled
