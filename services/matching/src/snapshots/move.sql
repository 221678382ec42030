-- Nothing of the tenant changed up to here.
UPDATE kindred.index_snapshots
SET membership_position = $3, matching_position = $4, weights = $5
WHERE tenant = $1 AND number = $2
