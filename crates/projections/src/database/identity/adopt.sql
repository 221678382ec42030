INSERT INTO kindred.stream_identities (context, identity) VALUES ($1, $2)
ON CONFLICT (context) DO UPDATE SET identity = EXCLUDED.identity, seen_at = now()
