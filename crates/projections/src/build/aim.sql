UPDATE kindred.generations SET load_target = $3 WHERE projection = $1 AND generation = $2
