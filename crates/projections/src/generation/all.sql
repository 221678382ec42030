SELECT projection, generation, version, context, schema_name, state, phase, purpose
FROM kindred.generations
WHERE state <> 'gone'
ORDER BY projection, generation
