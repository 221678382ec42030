SELECT
    (SELECT count(*) FROM kindred.erased_people) AS "recorded!",
    (SELECT count(*) FROM kindred.erased_people WHERE redacted_at IS NULL) AS "pending!",
    (SELECT count(*) FROM kindred.parked) AS "parked!"
