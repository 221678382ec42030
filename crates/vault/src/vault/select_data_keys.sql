-- One row per wanted key, in the order asked.
SELECT data_keys.member, data_keys.wrapped
FROM UNNEST($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (tenant, key_id, place)
LEFT JOIN data_keys USING (tenant, key_id)
ORDER BY wanted.place
