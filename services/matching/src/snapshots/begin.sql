INSERT INTO kindred.index_snapshots (
    tenant, format, cohort_floor, boosts, code_system,
    membership_stream, membership_position, posting_stream, posting_position, matching_stream, matching_position,
    weights, suspended, chunks, holder
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING number
