-- Rounds that this batch finishes.
UPDATE rounds
SET finished_at = new.finished_at,
    waiting = new.waiting,
    mentors = new.mentors,
    places = new.places,
    proposed = new.proposed,
    longest_wait_millis = new.longest_wait_millis
FROM unnest(
    $1::text[], $2::uuid[], $3::bigint[], $4::integer[], $5::integer[], $6::integer[], $7::integer[], $8::bigint[]
) AS new (tenant, round_id, finished_at, waiting, mentors, places, proposed, longest_wait_millis)
WHERE rounds.tenant = new.tenant AND rounds.round_id = new.round_id
