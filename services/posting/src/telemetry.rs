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
    /// The threads of a community are listed.
    pub const QUERY_THREAD_LIST: &str = "query.thread.list";
    /// A thread is read.
    pub const QUERY_THREAD_GET: &str = "query.thread.get";
    /// The versions of a post are read.
    pub const QUERY_POST_HISTORY: &str = "query.post.history";
    /// The posts of a member are read.
    pub const QUERY_POST_BY_MEMBER: &str = "query.post.by_member";
    /// All of them.
    pub const ALL: [&str; 9] = [
        COMMAND_THREAD_START,
        COMMAND_COMMENT_POST,
        COMMAND_POST_EDIT,
        COMMAND_POST_DELETE,
        COMMAND_REACTION_SET,
        QUERY_THREAD_LIST,
        QUERY_THREAD_GET,
        QUERY_POST_HISTORY,
        QUERY_POST_BY_MEMBER,
    ];
}

/// Attributes.
pub mod attribute {
    pub use kindred_service_kit::telemetry::attribute::{COMMUNITY_ID, MEMBER_ID};
    /// A thread's id.
    pub const THREAD_ID: &str = "kindred.thread.id";
    /// A thread's or comment's id.
    pub const POST_ID: &str = "kindred.post.id";
    /// All of them.
    pub const ALL: [&str; 4] = [COMMUNITY_ID, MEMBER_ID, THREAD_ID, POST_ID];
}

#[cfg(test)]
mod tests {
    use super::{attribute, span};

    /// Every file that opens spans.
    const SOURCES: [&str; 6] = [
        include_str!("application/thread.rs"),
        include_str!("application/comment.rs"),
        include_str!("application/edit.rs"),
        include_str!("application/delete.rs"),
        include_str!("application/react.rs"),
        include_str!("application/queries.rs"),
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
