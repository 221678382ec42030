-- What others were told about the person stays, by an id that no longer leads to anybody.
DELETE FROM inbox_items
WHERE tenant = $1
    AND member_id = $2
