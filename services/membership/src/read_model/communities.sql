SELECT community.community_id AS "community_id!", community.name AS "name!", community.purpose AS "purpose!",
    community.join_policy AS "join_policy!", community.guidelines AS "guidelines!",
    (SELECT count(*) FROM roster_members_v1 AS inside
        WHERE inside.tenant = $1 AND inside.community_id = community.community_id AND inside.state = 3) AS "members!",
    own.state AS "your_state?", own.role AS "your_role?"
FROM roster_communities_v1 AS community
LEFT JOIN roster_members_v1 AS own
    ON own.tenant = community.tenant AND own.community_id = community.community_id AND own.member_id = $2
WHERE community.tenant = $1 AND (community.name, community.community_id) > ($3, $4)
ORDER BY community.name, community.community_id
LIMIT $5
