-- A conversation as each of its two members has it. A message that is applied before its
-- conversation (which then waits among the parked) makes the rows; `opened_at` is NULL
-- until the conversation is applied.
CREATE TABLE conversation_sides (
    tenant text NOT NULL,
    conversation_id uuid NOT NULL,
    -- Whose side it is, and whom they talk to.
    member_id uuid NOT NULL,
    other_id uuid NOT NULL,
    -- Milliseconds since the epoch, as the commands said.
    opened_at bigint,
    last_activity_at bigint NOT NULL,
    -- Where in the log the member left; NULL while they are here.
    left_sequence bigint,
    PRIMARY KEY (tenant, conversation_id, member_id)
);

-- What was said.
CREATE TABLE messages (
    tenant text NOT NULL,
    message_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    author_id uuid NOT NULL,
    -- NULL if the message was taken out or its author erased.
    text text,
    written_at bigint NOT NULL,
    deleted_at bigint,
    author_erased boolean NOT NULL,
    -- Where the message stands in the log: messages are read in this order.
    sequence bigint NOT NULL,
    PRIMARY KEY (tenant, message_id)
);
