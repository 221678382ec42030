INSERT INTO kindred.index_snapshot_round (
    replicas, copies, replica,
    membership_stream, membership_position, posting_stream, posting_position, matching_stream, matching_position,
    tenants, split
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (replicas, copies, replica) DO UPDATE
SET membership_stream = EXCLUDED.membership_stream,
    membership_position = EXCLUDED.membership_position,
    posting_stream = EXCLUDED.posting_stream,
    posting_position = EXCLUDED.posting_position,
    matching_stream = EXCLUDED.matching_stream,
    matching_position = EXCLUDED.matching_position,
    tenants = EXCLUDED.tenants,
    split = EXCLUDED.split
