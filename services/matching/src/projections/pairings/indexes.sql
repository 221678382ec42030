CREATE INDEX pairings_asked ON pairings (tenant, mentee_id, asked_at DESC, pairing_id DESC);
CREATE INDEX pairings_received ON pairings (tenant, mentor_id, asked_at DESC, pairing_id DESC);
CREATE INDEX check_ins_of_pairing ON check_ins (tenant, pairing_id, written_by, said_at DESC, check_in_id DESC);
CREATE INDEX check_ins_of_writer ON check_ins (tenant, written_by);
CREATE INDEX pairings_of_round ON pairings (tenant, round_id) WHERE round_id IS NOT NULL;
