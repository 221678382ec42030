UPDATE kindred.erased_people
SET redacted_at = now()
WHERE redacted_at IS NULL
    AND NOT EXISTS (
        SELECT FROM kindred.redactions
        JOIN kindred.generations
            ON generations.projection = redactions.projection
            AND generations.generation = redactions.generation
        WHERE redactions.redacted_through < erased_people.number
    )
