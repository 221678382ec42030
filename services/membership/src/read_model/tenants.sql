SELECT slug AS "slug!", programme AS "programme!", name AS "name!", hue AS "hue!",
    open_registration AS "open_registration!", suspended AS "suspended!"
FROM tenant_list_v1
WHERE tenant = '_' AND slug > $1
ORDER BY slug
LIMIT $2
