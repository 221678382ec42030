CREATE INDEX deliveries_due ON deliveries (tenant, due_at) WHERE due_at IS NOT NULL;
