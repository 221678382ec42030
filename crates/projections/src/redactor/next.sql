WITH stands AS (
    SELECT redacted_through FROM kindred.redactions
    WHERE projection = $1 AND generation = $2
    FOR UPDATE
)
SELECT erased_people.number, erased_people.tenant, erased_people.member
FROM stands
JOIN kindred.erased_people ON erased_people.number > stands.redacted_through
ORDER BY erased_people.number
LIMIT 1
