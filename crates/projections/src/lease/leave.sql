WITH gone AS (DELETE FROM kindred.workers WHERE worker = $1)
UPDATE kindred.leases SET worker = NULL WHERE worker = $1
