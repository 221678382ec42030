WITH numbered AS (SELECT nextval('kindred.generation_numbers') AS number)
INSERT INTO kindred.generations
    (projection, generation, version, context, schema_name, state, phase, purpose)
SELECT $1, numbered.number, $2, $3, 'g' || numbered.number || '_' || $1, 'building', 'tables', $4
FROM numbered
WHERE $4 <> 'first'
    OR NOT EXISTS (
        SELECT FROM kindred.generations AS other
        WHERE other.projection = $1 AND other.version = $2 AND other.state IN ('building', 'live')
    )
ON CONFLICT (projection, version) WHERE state = 'building' DO NOTHING
RETURNING generation
