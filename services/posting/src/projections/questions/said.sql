-- The words of titles and texts as they stand at the end of the batch. The configuration
-- is named, so that no setting of a server makes a rebuild differ.
INSERT INTO question_words (tenant, thread_id, titled, word, community_id, author_id)
SELECT new.tenant, new.thread_id, new.titled, words.word, new.community_id, new.author_id
FROM unnest($1::text[], $2::uuid[], $3::bool[], $4::uuid[], $5::uuid[], $6::text[])
    AS new (tenant, thread_id, titled, community_id, author_id, words)
CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('pg_catalog.english', new.words))) AS words (word)
WHERE new.words IS NOT NULL
