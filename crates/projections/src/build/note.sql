UPDATE kindred.generations SET error = $3 WHERE projection = $1 AND generation = $2
