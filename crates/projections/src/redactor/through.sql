UPDATE kindred.redactions SET redacted_through = $3 WHERE projection = $1 AND generation = $2
