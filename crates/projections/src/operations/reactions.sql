SELECT
    checkpoints.consumer,
    checkpoints.context,
    min(checkpoints.sequence) AS "position!",
    (
        SELECT count(*) FROM kindred.parked
        WHERE parked.consumer = checkpoints.consumer AND parked.generation = 0
    ) AS "parked!"
FROM kindred.checkpoints
WHERE checkpoints.generation = 0
GROUP BY checkpoints.consumer, checkpoints.context
ORDER BY checkpoints.consumer
