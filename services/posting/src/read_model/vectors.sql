-- What a community's newest titles and texts mean, by one model.
SELECT thread_id AS "thread_id!", vector AS "vector!"
FROM question_vectors_v1
WHERE tenant = $1 AND community_id = $2 AND model = $3
ORDER BY sequence DESC
LIMIT 10000
