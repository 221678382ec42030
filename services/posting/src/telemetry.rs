//! Names of this service's spans and attributes; those that all services share are the
//! service kit's. Span macros take literals: a test below holds them to these.

/// Spans, `<layer>.<entity>.<verb>`.
pub mod span {
    /// A thread is started.
    pub const COMMAND_THREAD_START: &str = "command.thread.start";
    /// A comment is posted.
    pub const COMMAND_COMMENT_POST: &str = "command.comment.post";
    /// A thread or comment is changed.
    pub const COMMAND_POST_EDIT: &str = "command.post.edit";
    /// A thread or comment is taken out.
    pub const COMMAND_POST_DELETE: &str = "command.post.delete";
    /// A reaction is set or taken back.
    pub const COMMAND_REACTION_SET: &str = "command.reaction.set";
    /// A conversation is opened.
    pub const COMMAND_CONVERSATION_OPEN: &str = "command.conversation.open";
    /// A conversation is left.
    pub const COMMAND_CONVERSATION_LEAVE: &str = "command.conversation.leave";
    /// A message is written.
    pub const COMMAND_MESSAGE_WRITE: &str = "command.message.write";
    /// A message is taken out.
    pub const COMMAND_MESSAGE_DELETE: &str = "command.message.delete";
    /// The threads of a community are listed.
    pub const QUERY_THREAD_LIST: &str = "query.thread.list";
    /// A thread is read.
    pub const QUERY_THREAD_GET: &str = "query.thread.get";
    /// The versions of a post are read.
    pub const QUERY_POST_HISTORY: &str = "query.post.history";
    /// What was asked before is looked for.
    pub const QUERY_THREAD_SIMILAR: &str = "query.thread.similar";
    /// What members wrote is compared.
    pub const QUERY_WRITING_COMPARE: &str = "query.writing.compare";
    /// The posts of a member are read.
    pub const QUERY_POST_BY_MEMBER: &str = "query.post.by_member";
    /// The conversations of a member are listed.
    pub const QUERY_CONVERSATION_LIST: &str = "query.conversation.list";
    /// A conversation is read.
    pub const QUERY_CONVERSATION_GET: &str = "query.conversation.get";
    /// All of them.
    pub const ALL: [&str; 17] = [
        COMMAND_THREAD_START,
        COMMAND_COMMENT_POST,
        COMMAND_POST_EDIT,
        COMMAND_POST_DELETE,
        COMMAND_REACTION_SET,
        QUERY_THREAD_LIST,
        QUERY_THREAD_GET,
        QUERY_THREAD_SIMILAR,
        QUERY_WRITING_COMPARE,
        QUERY_POST_HISTORY,
        QUERY_POST_BY_MEMBER,
        COMMAND_CONVERSATION_OPEN,
        COMMAND_CONVERSATION_LEAVE,
        COMMAND_MESSAGE_WRITE,
        COMMAND_MESSAGE_DELETE,
        QUERY_CONVERSATION_LIST,
        QUERY_CONVERSATION_GET,
    ];
}

/// Attributes.
pub mod attribute {
    pub use kindred_service_kit::telemetry::attribute::{COMMUNITY_ID, MEMBER_ID, PROJECTION};
    /// A thread's id.
    pub const THREAD_ID: &str = "kindred.thread.id";
    /// A thread's or comment's id.
    pub const POST_ID: &str = "kindred.post.id";
    /// A conversation's id.
    pub const CONVERSATION_ID: &str = "kindred.conversation.id";
    /// A message's id.
    pub const MESSAGE_ID: &str = "kindred.message.id";
    /// All of them.
    pub const ALL: [&str; 7] = [COMMUNITY_ID, MEMBER_ID, PROJECTION, THREAD_ID, POST_ID, CONVERSATION_ID, MESSAGE_ID];
}

#[cfg(test)]
mod tests {
    use super::{attribute, span};

    /// Every file that opens spans.
    const SOURCES: [&str; 11] = [
        include_str!("application/thread.rs"),
        include_str!("application/comment.rs"),
        include_str!("application/edit.rs"),
        include_str!("application/delete.rs"),
        include_str!("application/react.rs"),
        include_str!("application/queries.rs"),
        include_str!("application/conversation.rs"),
        include_str!("application/message.rs"),
        include_str!("application/queries/conversations.rs"),
        include_str!("application/queries/similar.rs"),
        include_str!("application/queries/writing.rs"),
    ];

    #[test]
    fn spans_and_their_attributes_bear_the_declared_names() {
        let mut opened = Vec::new();
        for line in SOURCES.iter().flat_map(|source| source.lines()).filter(|line| line.contains("instrument(name")) {
            let name = line.split('"').nth(1).expect("a name");
            let field = line.split("fields(").nth(1).and_then(|fields| fields.split(" =").next()).expect("a field");
            assert!(span::ALL.contains(&name), "span `{name}` is not declared");
            assert!(attribute::ALL.contains(&field), "attribute `{field}` is not declared");
            opened.push(name);
        }
        opened.sort_unstable();
        let mut declared = span::ALL;
        declared.sort_unstable();
        assert_eq!(opened, declared);
    }
}
