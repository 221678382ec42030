UPDATE tenant_list
SET suspended = changed.suspended
FROM unnest($1::text[], $2::boolean[]) AS changed (slug, suspended)
WHERE tenant_list.tenant = '_' AND tenant_list.slug = changed.slug
