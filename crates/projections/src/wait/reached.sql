SELECT generations.generation, checkpoints.sequence
FROM kindred.generations
JOIN kindred.checkpoints
    ON checkpoints.consumer = generations.projection
    AND checkpoints.generation = generations.generation
WHERE generations.projection = $1
    AND generations.version = $2
    AND generations.state = 'live'
    AND checkpoints.partition = $3
