-- Nothing of the tenant changed up to here.
UPDATE kindred.index_snapshots
SET membership_position = $3, posting_position = $4, matching_position = $5, weights = $6
WHERE tenant = $1 AND number = $2
