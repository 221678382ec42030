SELECT tenant, member_id, handle, state, roles, registered_at
FROM directory_members
WHERE (tenant, member_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))
