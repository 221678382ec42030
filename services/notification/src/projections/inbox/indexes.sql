CREATE INDEX inbox_items_by_member ON inbox_items (tenant, member_id, added_at DESC, item_id DESC);
CREATE INDEX inbox_items_unread ON inbox_items (tenant, member_id, added_at DESC, item_id DESC) WHERE NOT read;
