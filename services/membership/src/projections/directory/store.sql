INSERT INTO directory_members (tenant, member_id, handle, state, roles, registered_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::smallint[], $5::integer[], $6::bigint[])
ON CONFLICT (tenant, member_id) DO UPDATE
SET handle = EXCLUDED.handle, state = EXCLUDED.state, roles = EXCLUDED.roles
