DELETE FROM kindred.workers
WHERE worker = $1
    AND hosts = ARRAY[$2::text]
