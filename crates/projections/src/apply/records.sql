SELECT number, tenant, member, NULL::text AS subject
FROM kindred.erased_people
WHERE number > $1
UNION ALL
SELECT DISTINCT NULL::bigint, NULL::text, NULL::uuid, subject
FROM kindred.parked
WHERE consumer = $2 AND generation = $3
