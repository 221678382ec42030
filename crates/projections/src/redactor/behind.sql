SELECT redactions.projection, redactions.generation
FROM kindred.redactions
JOIN kindred.generations
    ON generations.projection = redactions.projection
    AND generations.generation = redactions.generation
    AND generations.state IN ('building', 'live', 'kept')
WHERE redactions.redacted_through < (SELECT coalesce(max(number), 0) FROM kindred.erased_people)
ORDER BY 1, 2
