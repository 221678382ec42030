DELETE FROM notice_blocks
WHERE tenant = $1
    AND (member_id = $2 OR blocked_id = $2)
