-- How many wait for a round, and since when whoever waits longest has been waiting.
SELECT
    count(*) AS "waiting!",
    min(since) AS longest_since
FROM mentor_waits_v1
WHERE tenant = $1 AND since IS NOT NULL AND mentor_id IS NULL
