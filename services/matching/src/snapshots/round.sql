INSERT INTO kindred.index_snapshot_round (
    membership_stream, membership_position, matching_stream, matching_position, tenants
)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (only_one) DO UPDATE
SET membership_stream = EXCLUDED.membership_stream,
    membership_position = EXCLUDED.membership_position,
    matching_stream = EXCLUDED.matching_stream,
    matching_position = EXCLUDED.matching_position,
    tenants = EXCLUDED.tenants
