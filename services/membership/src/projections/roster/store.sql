INSERT INTO roster_members (tenant, community_id, member_id, state, role, note, since)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[], $6::text[], $7::bigint[])
ON CONFLICT (tenant, community_id, member_id) DO UPDATE
SET state = EXCLUDED.state, role = EXCLUDED.role, note = EXCLUDED.note, since = EXCLUDED.since
