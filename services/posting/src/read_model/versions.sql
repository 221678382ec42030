SELECT title, text, written_at AS "written_at!"
FROM post_versions_v1
WHERE tenant = $1 AND post_id = $2
ORDER BY version
