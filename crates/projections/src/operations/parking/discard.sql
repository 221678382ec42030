WITH gone AS (
    DELETE FROM kindred.parked
    WHERE consumer = $1 AND subject = $2 AND sequence = $3
    RETURNING consumer, generation, subject, sequence
)
INSERT INTO kindred.parking_records (consumer, generation, subject, sequence, action, actor, reason)
SELECT consumer, generation, subject, sequence, 'discarded', $4, $5 FROM gone
