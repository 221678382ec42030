SELECT
    number, format, cohort_floor, boosts, code_system,
    membership_stream, membership_position, posting_stream, posting_position, matching_stream, matching_position,
    weights, suspended, chunks, checksums
FROM kindred.index_snapshots
WHERE tenant = $1
ORDER BY number
