CREATE INDEX question_words_by_word ON question_words (tenant, community_id, word, thread_id, titled);
CREATE INDEX question_words_by_author ON question_words (tenant, author_id);
