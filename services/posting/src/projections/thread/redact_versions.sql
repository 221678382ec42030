UPDATE post_versions
SET title = NULL,
    text = NULL
FROM posts
WHERE posts.tenant = $1
    AND posts.author_id = $2
    AND post_versions.tenant = posts.tenant
    AND post_versions.post_id = posts.post_id
