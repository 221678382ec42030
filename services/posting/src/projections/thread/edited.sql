-- Posts of earlier batches as their last edit in this one leaves them.
UPDATE posts
SET title = CASE WHEN new.retitled THEN new.title ELSE posts.title END,
    text = new.text,
    mentioned_ids = string_to_array(new.mentioned_ids, ',')::uuid[],
    edited_at = new.edited_at,
    author_erased = posts.author_erased OR new.author_erased
FROM unnest($1::text[], $2::uuid[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bool[])
    AS new (tenant, post_id, retitled, title, text, mentioned_ids, edited_at, author_erased)
WHERE posts.tenant = new.tenant AND posts.post_id = new.post_id
