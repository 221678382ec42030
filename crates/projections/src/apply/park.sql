INSERT INTO kindred.parked (consumer, generation, subject, sequence, event_index, error)
SELECT $1, $2, event.subject, event.sequence, event.event_index, event.error
FROM unnest($3::text[], $4::bigint[], $5::integer[], $6::text[])
    AS event (subject, sequence, event_index, error)
ON CONFLICT DO NOTHING
