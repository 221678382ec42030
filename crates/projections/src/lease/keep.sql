-- Also what this process let go of, if the answer or the row was lost: nobody else could take
-- it as long as the process lives.
UPDATE kindred.leases
SET worker = NULL
WHERE consumer = $1 AND generation = $2 AND worker = $3 AND partition <> ALL ($4)
