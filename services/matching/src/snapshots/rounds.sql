SELECT
    replicas, copies, replica,
    membership_stream, membership_position, posting_stream, posting_position, matching_stream, matching_position,
    tenants, split
FROM kindred.index_snapshot_round
