-- Leases of a process that is not listed are free. They are not written here: those who end
-- with this process let go of their own at the same time, and the two would wait for each other.
DELETE FROM kindred.workers WHERE worker = $1
