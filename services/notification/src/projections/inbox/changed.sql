-- Told when the transaction commits, and only then; the same pair is told once.
SELECT pg_notify($1, pair)
FROM unnest($2::text[]) AS pair
