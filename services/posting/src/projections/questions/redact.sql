DELETE FROM question_words WHERE tenant = $1 AND author_id = $2
