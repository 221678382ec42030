CREATE INDEX rounds_started ON rounds (tenant, started_at DESC, round_id DESC);
