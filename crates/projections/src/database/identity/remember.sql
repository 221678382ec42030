INSERT INTO kindred.stream_identities (context, identity) VALUES ($1, $2)
ON CONFLICT (context) DO NOTHING
