DELETE FROM directory_fields
WHERE (tenant, member_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))
