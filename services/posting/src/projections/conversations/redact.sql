UPDATE messages
SET text = NULL,
    author_erased = TRUE
WHERE tenant = $1 AND author_id = $2
