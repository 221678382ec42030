-- With whom a mentee is paired.
SELECT pairing_id AS "pairing_id!"
FROM pairings_v2
WHERE tenant = $1 AND mentee_id = $2 AND state = 2
