-- Questions of earlier batches that were answered or taken back.
UPDATE introductions
SET state = new.state,
    answered_at = new.answered_at
FROM unnest($1::text[], $2::uuid[], $3::smallint[], $4::bigint[]) AS new (tenant, introduction_id, state, answered_at)
WHERE introductions.tenant = new.tenant AND introductions.introduction_id = new.introduction_id
