-- Words of titles and texts that this batch sets anew or takes out.
DELETE FROM question_words
USING unnest($1::text[], $2::uuid[], $3::bool[]) AS old (tenant, thread_id, titled)
WHERE question_words.tenant = old.tenant
    AND question_words.thread_id = old.thread_id
    AND question_words.titled = old.titled
