-- Messages of earlier batches that were taken out: no word of theirs stays.
UPDATE messages
SET text = NULL,
    deleted_at = gone.deleted_at
FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS gone (tenant, message_id, deleted_at)
WHERE messages.tenant = gone.tenant AND messages.message_id = gone.message_id
