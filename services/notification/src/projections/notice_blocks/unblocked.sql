DELETE FROM notice_blocks
USING unnest($1::text[], $2::uuid[], $3::uuid[]) AS over (tenant, member_id, blocked_id)
WHERE notice_blocks.tenant = over.tenant
    AND notice_blocks.member_id = over.member_id
    AND notice_blocks.blocked_id = over.blocked_id
