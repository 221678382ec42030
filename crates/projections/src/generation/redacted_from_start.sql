INSERT INTO kindred.redactions (projection, generation, redacted_through)
SELECT $1, $2, coalesce(max(number), 0) FROM kindred.erased_people
