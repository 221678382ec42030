CREATE INDEX posts_by_thread ON posts (tenant, thread_id, sequence);
CREATE INDEX posts_by_author ON posts (tenant, author_id, sequence DESC);
