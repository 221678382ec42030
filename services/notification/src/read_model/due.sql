-- The tenants that have something waiting are found by hopping along the index of what is
-- due; then each tenant's first, each tenant's second and so on, so that a tenant with
-- thousands of mails does not keep the others waiting.
WITH RECURSIVE waiting AS (
    (
        SELECT tenant
        FROM deliveries_v1
        WHERE due_at IS NOT NULL
        ORDER BY tenant
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT further.tenant
        FROM deliveries_v1 AS further
        WHERE further.due_at IS NOT NULL
            AND further.tenant > waiting.tenant
        ORDER BY further.tenant
        LIMIT 1
    )
    FROM waiting
    WHERE waiting.tenant IS NOT NULL
)
SELECT
    waiting.tenant AS "tenant!",
    due.delivery_id AS "delivery_id!"
FROM waiting
CROSS JOIN LATERAL (
    SELECT
        deliveries_v1.delivery_id,
        deliveries_v1.due_at,
        row_number() OVER (ORDER BY deliveries_v1.due_at, deliveries_v1.delivery_id) AS turn
    FROM deliveries_v1
    WHERE deliveries_v1.tenant = waiting.tenant
        AND deliveries_v1.due_at <= $1
        AND deliveries_v1.delivery_id <> ALL ($2::uuid[])
    ORDER BY deliveries_v1.due_at, deliveries_v1.delivery_id
    LIMIT $3
) AS due
WHERE waiting.tenant IS NOT NULL
ORDER BY due.turn, due.due_at, due.delivery_id
LIMIT $3
