CREATE INDEX roster_members_by_member ON roster_members (tenant, member_id, state, community_id);
CREATE INDEX roster_members_by_state ON roster_members (tenant, community_id, state, since, member_id);
CREATE INDEX roster_communities_by_name ON roster_communities (tenant, name, community_id);
