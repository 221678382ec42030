DELETE FROM deliveries
WHERE tenant = $1
    AND member_id = $2
