-- What this batch changes of mentors, over what was known before.
INSERT INTO mentors (tenant, member_id, enrolled, about, capacity, trained, paused, erased)
SELECT
    new.tenant,
    new.member_id,
    COALESCE(new.enrolled, old.enrolled, false),
    CASE WHEN new.enrolled IS NULL THEN old.about ELSE new.about END,
    COALESCE(new.capacity, old.capacity, 1::smallint),
    COALESCE(new.trained, old.trained, false),
    COALESCE(new.paused, old.paused, false),
    new.erased OR COALESCE(old.erased, false)
FROM unnest(
    $1::text[], $2::uuid[], $3::bool[], $4::text[], $5::smallint[], $6::bool[], $7::bool[], $8::bool[]
) AS new (tenant, member_id, enrolled, about, capacity, trained, paused, erased)
LEFT JOIN mentors AS old ON old.tenant = new.tenant AND old.member_id = new.member_id
ON CONFLICT (tenant, member_id) DO UPDATE
SET enrolled = EXCLUDED.enrolled,
    about = EXCLUDED.about,
    capacity = EXCLUDED.capacity,
    trained = EXCLUDED.trained,
    paused = EXCLUDED.paused,
    erased = EXCLUDED.erased
