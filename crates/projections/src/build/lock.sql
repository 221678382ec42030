SELECT generation, state FROM kindred.generations
WHERE projection = $1 AND version = $2 AND state <> 'gone'
ORDER BY generation
FOR UPDATE
