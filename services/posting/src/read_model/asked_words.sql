-- The words of a question, the rarest of its community first, with how many titles and
-- texts hold each. Counting ends where a word is too common to tell anything.
SELECT
    asked.word AS "word!",
    holders.count AS "holders!",
    threads.count AS "threads!",
    5000::bigint AS "counted_up_to!"
FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.english', $3::text))) AS asked (word)
CROSS JOIN LATERAL (
    SELECT count(*) AS count
    FROM (
        SELECT FROM question_words_v1
        WHERE tenant = $1 AND community_id = $2 AND word = asked.word
        LIMIT 5000
    ) AS counted
) AS holders
CROSS JOIN (
    SELECT count(*) AS count
    FROM (
        SELECT FROM threads_v1
        WHERE tenant = $1 AND community_id = $2 AND NOT deleted AND started_at IS NOT NULL
        LIMIT 20000
    ) AS counted
) AS threads
ORDER BY holders.count, asked.word
