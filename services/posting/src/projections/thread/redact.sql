UPDATE posts
SET title = NULL,
    text = NULL,
    removal_reason = NULL,
    author_erased = TRUE
WHERE tenant = $1 AND author_id = $2
