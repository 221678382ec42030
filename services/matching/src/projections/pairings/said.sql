-- Check-ins of this batch; one is written once.
INSERT INTO check_ins (tenant, check_in_id, pairing_id, written_by, mood, note, said_at)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::text[], $7::bigint[]
)
