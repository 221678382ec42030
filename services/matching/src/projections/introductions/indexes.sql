CREATE INDEX introductions_asked ON introductions (tenant, from_id, asked_at DESC, introduction_id DESC);
CREATE INDEX introductions_received ON introductions (tenant, to_id, asked_at DESC, introduction_id DESC);
