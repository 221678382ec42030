SELECT consumer, generation, subject, sequence, event_index, error,
    (extract(epoch FROM parked_at) * 1000)::bigint AS "parked_at!"
FROM kindred.parked
WHERE $1::text IS NULL OR consumer = $1
ORDER BY consumer, generation, subject, sequence
