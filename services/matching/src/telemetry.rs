//! Names of this service's spans and attributes; those that all services share are the
//! service kit's. Span macros take literals: a test below holds them to these.

/// Spans, `<layer>.<entity>.<verb>`.
pub mod span {
    /// An introduction is asked for.
    pub const COMMAND_INTRODUCTION_REQUEST: &str = "command.introduction.request";
    /// An introduction is answered.
    pub const COMMAND_INTRODUCTION_ANSWER: &str = "command.introduction.answer";
    /// An introduction is taken back.
    pub const COMMAND_INTRODUCTION_WITHDRAW: &str = "command.introduction.withdraw";
    /// Introductions are listed.
    pub const QUERY_INTRODUCTION_LIST: &str = "query.introduction.list";
    /// People are found.
    pub const QUERY_PEOPLE_FIND: &str = "query.people.find";
    /// All of them.
    pub const ALL: [&str; 5] = [
        COMMAND_INTRODUCTION_REQUEST,
        COMMAND_INTRODUCTION_ANSWER,
        COMMAND_INTRODUCTION_WITHDRAW,
        QUERY_INTRODUCTION_LIST,
        QUERY_PEOPLE_FIND,
    ];
}

/// Attributes.
pub mod attribute {
    pub use kindred_service_kit::telemetry::attribute::{COMMAND_ID, MEMBER_ID, PROJECTION, SEQUENCE};
    /// All of them.
    pub const ALL: [&str; 4] = [COMMAND_ID, MEMBER_ID, PROJECTION, SEQUENCE];
}

#[cfg(test)]
mod tests {
    use super::{attribute, span};

    /// Every file that opens spans.
    const SOURCES: [&str; 5] = [
        include_str!("application/request.rs"),
        include_str!("application/answer.rs"),
        include_str!("application/withdraw.rs"),
        include_str!("application/list.rs"),
        include_str!("application/find.rs"),
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
