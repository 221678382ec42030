INSERT INTO tenant_list (tenant, slug, programme, name, hue, open_registration, suspended)
SELECT '_', slug, programme, name, hue, open_registration, false
FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::boolean[])
    AS new (slug, programme, name, hue, open_registration)
