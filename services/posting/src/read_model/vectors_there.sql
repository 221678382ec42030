-- Whether the view is there: readiness does not wait for it.
SELECT to_regclass('question_vectors_v1') IS NOT NULL AS "there!"
