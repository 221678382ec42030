-- Threads by the weights of the words that they share with a question.
SELECT words.thread_id AS "thread_id!"
FROM unnest($3::text[], $4::int[]) AS asked (word, weight)
JOIN question_words_v1 AS words
    ON words.tenant = $1 AND words.community_id = $2 AND words.word = asked.word
GROUP BY words.thread_id
HAVING count(DISTINCT words.word) >= $5::int
ORDER BY sum(CASE WHEN words.titled THEN 2 * asked.weight ELSE asked.weight END) DESC, words.thread_id
LIMIT $6
