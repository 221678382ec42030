CREATE INDEX question_vectors_by_age ON question_vectors (tenant, community_id, sequence DESC);
CREATE INDEX question_vectors_by_author ON question_vectors (tenant, author_id);
