CREATE INDEX mentor_waits_since ON mentor_waits (tenant, since, member_id) WHERE since IS NOT NULL;
