UPDATE threads
SET title = NULL,
    author_erased = TRUE
WHERE tenant = $1 AND author_id = $2 AND started_at IS NOT NULL
