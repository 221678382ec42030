-- Threads of earlier batches that got another title or were taken out.
UPDATE threads
SET title = CASE WHEN new.deleted THEN NULL WHEN new.retitled THEN new.title ELSE threads.title END,
    deleted = threads.deleted OR new.deleted,
    author_erased = threads.author_erased OR new.author_erased
FROM unnest($1::text[], $2::uuid[], $3::bool[], $4::text[], $5::bool[], $6::bool[])
    AS new (tenant, thread_id, retitled, title, deleted, author_erased)
WHERE threads.tenant = new.tenant AND threads.thread_id = new.thread_id
