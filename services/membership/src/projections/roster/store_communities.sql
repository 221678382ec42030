INSERT INTO roster_communities (tenant, community_id, name, purpose, join_policy, guidelines, created_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::bigint[])
ON CONFLICT (tenant, community_id) DO UPDATE
SET name = EXCLUDED.name,
    purpose = EXCLUDED.purpose,
    join_policy = EXCLUDED.join_policy,
    guidelines = EXCLUDED.guidelines
