UPDATE kindred.erased_people SET confirmed_at = now() WHERE number = $1 AND confirmed_at IS NULL
