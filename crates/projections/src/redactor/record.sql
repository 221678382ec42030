INSERT INTO kindred.erased_people (tenant, member) VALUES ($1, $2)
ON CONFLICT (tenant, member) DO NOTHING
