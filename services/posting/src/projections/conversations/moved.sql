-- Sides of those who left or came back; each is there, as whoever moves had one before.
UPDATE conversation_sides
SET left_sequence = moved.left_sequence
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[])
    AS moved (tenant, conversation_id, member_id, left_sequence)
WHERE conversation_sides.tenant = moved.tenant
    AND conversation_sides.conversation_id = moved.conversation_id
    AND conversation_sides.member_id = moved.member_id
