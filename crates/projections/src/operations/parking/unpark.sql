WITH gone AS (
    DELETE FROM kindred.parked
    WHERE consumer = $1 AND generation = $2 AND subject = $3 AND sequence = $4
)
INSERT INTO kindred.parking_records (consumer, generation, subject, sequence, action, actor, reason)
VALUES ($1, $2, $3, $4, 'replayed', $5, $6)
