CREATE INDEX conversation_sides_by_activity
    ON conversation_sides (tenant, member_id, last_activity_at DESC, conversation_id DESC)
    WHERE left_sequence IS NULL AND opened_at IS NOT NULL;
CREATE INDEX messages_by_conversation ON messages (tenant, conversation_id, sequence DESC);
CREATE INDEX messages_by_author ON messages (tenant, author_id);
