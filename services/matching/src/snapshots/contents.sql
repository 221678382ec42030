SELECT chunk, content FROM kindred.index_snapshot_chunks WHERE tenant = $1 AND number = $2 ORDER BY chunk
