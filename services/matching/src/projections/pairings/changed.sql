-- Pairings that this batch touches, over what was known before; one may have been asked for
-- before, and the time of its last pairing is kept.
INSERT INTO pairings (
    tenant, pairing_id, mentee_id, mentor_id, state, note, asked_at, accepted_at, ended_at, ended_by, reason,
    mentee_erased, mentor_erased, round_id
)
SELECT
    new.tenant,
    new.pairing_id,
    new.mentee_id,
    new.mentor_id,
    new.state,
    CASE WHEN new.asked_at IS NULL THEN old.note ELSE new.note END,
    COALESCE(new.asked_at, old.asked_at),
    COALESCE(new.accepted_at, old.accepted_at),
    COALESCE(new.ended_at, old.ended_at),
    COALESCE(new.ended_by, old.ended_by),
    COALESCE(new.reason, old.reason),
    new.mentee_erased OR COALESCE(old.mentee_erased, false),
    new.mentor_erased OR COALESCE(old.mentor_erased, false),
    CASE WHEN new.asked_at IS NULL THEN old.round_id ELSE new.round_id END
FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::uuid[], $11::smallint[], $12::bool[], $13::bool[], $14::uuid[]
) AS new (
    tenant, pairing_id, mentee_id, mentor_id, state, note, asked_at, accepted_at, ended_at, ended_by, reason,
    mentee_erased, mentor_erased, round_id
)
LEFT JOIN pairings AS old ON old.tenant = new.tenant AND old.pairing_id = new.pairing_id
ON CONFLICT (tenant, pairing_id) DO UPDATE
SET state = EXCLUDED.state,
    note = EXCLUDED.note,
    asked_at = EXCLUDED.asked_at,
    accepted_at = EXCLUDED.accepted_at,
    ended_at = EXCLUDED.ended_at,
    ended_by = EXCLUDED.ended_by,
    reason = EXCLUDED.reason,
    mentee_erased = EXCLUDED.mentee_erased,
    mentor_erased = EXCLUDED.mentor_erased,
    round_id = EXCLUDED.round_id
