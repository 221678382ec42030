SELECT member_id AS "member_id!", kind AS "kind!", visibility AS "visibility!", value AS "value!", label AS "label!"
FROM directory_fields_v1
WHERE tenant = $1 AND member_id = ANY($2)
ORDER BY member_id, ordinal
