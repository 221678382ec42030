SELECT count(*) AS "unread!"
FROM inbox_items_v1
WHERE tenant = $1
    AND member_id = $2
    AND NOT read
