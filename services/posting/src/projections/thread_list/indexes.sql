CREATE INDEX threads_by_activity ON threads (tenant, community_id, last_activity_at DESC, thread_id DESC)
    WHERE NOT deleted AND started_at IS NOT NULL;
CREATE INDEX threads_by_author ON threads (tenant, author_id);
