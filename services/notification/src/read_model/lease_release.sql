DELETE FROM sending_lease
WHERE name = 'mail'
    AND holder = $1
