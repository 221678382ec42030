-- What this batch leaves of each wish, over what was known before.
INSERT INTO mentor_waits (tenant, member_id, since, mentor_id, round_id, proposed_at)
SELECT
    new.tenant,
    new.member_id,
    CASE WHEN new.over THEN new.since ELSE COALESCE(new.since, old.since) END,
    new.mentor_id,
    new.round_id,
    new.proposed_at
FROM unnest(
    $1::text[], $2::uuid[], $3::bool[], $4::bigint[], $5::uuid[], $6::uuid[], $7::bigint[]
) AS new (tenant, member_id, over, since, mentor_id, round_id, proposed_at)
LEFT JOIN mentor_waits AS old ON old.tenant = new.tenant AND old.member_id = new.member_id
ON CONFLICT (tenant, member_id) DO UPDATE
SET since = EXCLUDED.since,
    mentor_id = EXCLUDED.mentor_id,
    round_id = EXCLUDED.round_id,
    proposed_at = EXCLUDED.proposed_at
