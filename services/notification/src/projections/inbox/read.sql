UPDATE inbox_items
SET read = true
FROM unnest($1::text[], $2::uuid[]) AS seen (tenant, item_id)
WHERE inbox_items.tenant = seen.tenant
    AND inbox_items.item_id = seen.item_id
