SELECT count(*) AS "processes!" FROM kindred.workers WHERE lease_until > clock_timestamp()
