CREATE INDEX notice_blocks_by_blocked ON notice_blocks (tenant, blocked_id);
