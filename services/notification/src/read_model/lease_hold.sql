-- Taken if it is free, was run out, or is one's own; the server's clock alone decides.
INSERT INTO sending_lease (name, holder, held_until)
VALUES ('mail', $1, clock_timestamp() + $2::double precision * interval '1 second')
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder,
    held_until = excluded.held_until
WHERE sending_lease.holder = excluded.holder
    OR sending_lease.held_until < clock_timestamp()
RETURNING true AS "held!"
