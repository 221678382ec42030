SELECT
    generations.projection,
    generations.generation,
    generations.version,
    generations.context,
    generations.state,
    generations.phase,
    generations.purpose,
    generations.load_target,
    generations.events,
    generations.rate,
    generations.outcome,
    generations.error,
    coalesce(stands.position, generations.position) AS "position!",
    coalesce(
        stands.position / nullif(extract(epoch FROM now() - generations.started_at), 0), 0
    )::double precision AS "pace!",
    (
        SELECT count(*) FROM kindred.parked
        WHERE parked.consumer = generations.projection AND parked.generation = generations.generation
    ) AS "parked!"
FROM kindred.generations
LEFT JOIN LATERAL (
    SELECT min(checkpoints.sequence) AS position
    FROM kindred.checkpoints
    WHERE checkpoints.consumer = generations.projection
        AND checkpoints.generation = generations.generation
) AS stands ON true
WHERE ($1::text IS NULL AND generations.state <> 'gone')
    OR (generations.projection = $1 AND generations.generation = $2)
ORDER BY generations.projection, generations.version, generations.generation
