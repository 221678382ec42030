SELECT identity FROM kindred.stream_identities WHERE context = $1
