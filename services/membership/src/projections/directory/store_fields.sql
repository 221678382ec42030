INSERT INTO directory_fields (tenant, member_id, ordinal, kind, visibility, value, label)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::integer[], $4::smallint[], $5::smallint[], $6::text[], $7::text[])
