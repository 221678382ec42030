-- Questions of this batch, as they stand at its end; one may have been put before.
INSERT INTO introductions (
    tenant, introduction_id, from_id, to_id, state, note, asked_at, answered_at, from_erased, to_erased
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bool[], $10::bool[]
)
ON CONFLICT (tenant, introduction_id) DO UPDATE
SET state = EXCLUDED.state,
    note = EXCLUDED.note,
    asked_at = EXCLUDED.asked_at,
    answered_at = EXCLUDED.answered_at,
    from_erased = introductions.from_erased OR EXCLUDED.from_erased,
    to_erased = introductions.to_erased OR EXCLUDED.to_erased
