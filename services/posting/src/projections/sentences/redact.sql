DELETE FROM question_vectors WHERE tenant = $1 AND author_id = $2
