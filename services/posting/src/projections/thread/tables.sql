-- Threads and replies as they stand. A thread's row is the one whose post is its thread.
CREATE TABLE posts (
    tenant text NOT NULL,
    post_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    community_id uuid NOT NULL,
    author_id uuid NOT NULL,
    -- The reply that is answered; NULL for the thread itself.
    parent_id uuid,
    -- Threads only. Title and text are NULL if the post was taken out or its author erased.
    title text,
    text text,
    mentioned_ids uuid[] NOT NULL,
    -- Milliseconds since the epoch, as the commands said.
    written_at bigint NOT NULL,
    edited_at bigint,
    deleted_at bigint,
    deleted_by uuid,
    removal_reason text,
    author_erased boolean NOT NULL,
    -- Where the post stands in the log: replies are read in this order.
    sequence bigint NOT NULL,
    PRIMARY KEY (tenant, post_id)
);

-- Every version of a post that was edited, the first one too; nothing of one that never was.
CREATE TABLE post_versions (
    tenant text NOT NULL,
    post_id uuid NOT NULL,
    -- The post's version in the log.
    version bigint NOT NULL,
    -- As it was set by this version; NULL if it stayed.
    title text,
    text text,
    written_at bigint NOT NULL,
    PRIMARY KEY (tenant, post_id, version)
);

-- What each member says to each post now.
CREATE TABLE post_reactions (
    tenant text NOT NULL,
    post_id uuid NOT NULL,
    member_id uuid NOT NULL,
    -- As in the protocol.
    reaction smallint NOT NULL,
    PRIMARY KEY (tenant, post_id, member_id)
);

-- How often each is said; no row stands for zero.
CREATE TABLE post_reaction_counts (
    tenant text NOT NULL,
    post_id uuid NOT NULL,
    reaction smallint NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (tenant, post_id, reaction)
);

-- Replies of a thread that were not taken out. Apart from `posts`, so that a reply counts
-- also while its thread waits among the parked.
CREATE TABLE thread_totals (
    tenant text NOT NULL,
    thread_id uuid NOT NULL,
    replies bigint NOT NULL,
    PRIMARY KEY (tenant, thread_id)
);
