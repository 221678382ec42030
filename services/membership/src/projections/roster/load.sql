SELECT tenant, community_id, member_id, state, role, note, since
FROM roster_members
WHERE (tenant, community_id, member_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[]))
