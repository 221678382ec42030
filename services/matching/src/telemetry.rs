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
    /// Whether two were introduced is checked.
    pub const QUERY_INTRODUCTION_CHECK: &str = "query.introduction.check";
    /// People are found.
    pub const QUERY_PEOPLE_FIND: &str = "query.people.find";
    /// Communities are suggested.
    pub const QUERY_PEOPLE_SUGGEST_COMMUNITIES: &str = "query.people.suggest_communities";
    /// Threads are suggested.
    pub const QUERY_PEOPLE_SUGGEST_THREADS: &str = "query.people.suggest_threads";
    /// Somebody offers to mentor.
    pub const COMMAND_MENTOR_ENROL: &str = "command.mentor.enrol";
    /// A mentor takes more or fewer at once.
    pub const COMMAND_MENTOR_CHANGE_CAPACITY: &str = "command.mentor.change_capacity";
    /// A mentor rests or goes on.
    pub const COMMAND_MENTOR_PAUSE: &str = "command.mentor.pause";
    /// A mentor leaves the programme.
    pub const COMMAND_MENTOR_LEAVE: &str = "command.mentor.leave";
    /// A mentor's training is confirmed.
    pub const COMMAND_MENTOR_CONFIRM_TRAINING: &str = "command.mentor.confirm_training";
    /// The caller's own offer is read.
    pub const QUERY_MENTOR_OWN: &str = "query.mentor.own";
    /// Mentors who have a place are listed.
    pub const QUERY_MENTOR_FREE: &str = "query.mentor.free";
    /// How much mentors look after is listed.
    pub const QUERY_MENTOR_LOADS: &str = "query.mentor.loads";
    /// A mentor is asked.
    pub const COMMAND_PAIRING_REQUEST: &str = "command.pairing.request";
    /// A mentor answers.
    pub const COMMAND_PAIRING_ANSWER: &str = "command.pairing.answer";
    /// A question to a mentor is taken back.
    pub const COMMAND_PAIRING_WITHDRAW: &str = "command.pairing.withdraw";
    /// A pairing is ended.
    pub const COMMAND_PAIRING_END: &str = "command.pairing.end";
    /// Somebody says how a pairing goes.
    pub const COMMAND_PAIRING_CHECK_IN: &str = "command.pairing.check_in";
    /// Pairings are listed.
    pub const QUERY_PAIRING_LIST: &str = "query.pairing.list";
    /// Somebody waits for a mentor.
    pub const COMMAND_MENTOR_WAIT_BEGIN: &str = "command.mentor_wait.begin";
    /// Somebody waits no longer.
    pub const COMMAND_MENTOR_WAIT_STOP: &str = "command.mentor_wait.stop";
    /// Since when the caller has been waiting is read.
    pub const QUERY_MENTOR_WAIT_OWN: &str = "query.mentor_wait.own";
    /// A round is started by staff.
    pub const COMMAND_ROUND_START: &str = "command.round.start";
    /// A round is held.
    pub const COMMAND_ROUND_HOLD: &str = "command.round.hold";
    /// What a round proposes is put to the mentors.
    pub const COMMAND_ROUND_PUT: &str = "command.round.put";
    /// All of them.
    pub const ALL: [&str; 28] = [
        COMMAND_INTRODUCTION_REQUEST,
        COMMAND_INTRODUCTION_ANSWER,
        COMMAND_INTRODUCTION_WITHDRAW,
        QUERY_INTRODUCTION_LIST,
        QUERY_INTRODUCTION_CHECK,
        QUERY_PEOPLE_FIND,
        QUERY_PEOPLE_SUGGEST_COMMUNITIES,
        QUERY_PEOPLE_SUGGEST_THREADS,
        COMMAND_MENTOR_ENROL,
        COMMAND_MENTOR_CHANGE_CAPACITY,
        COMMAND_MENTOR_PAUSE,
        COMMAND_MENTOR_LEAVE,
        COMMAND_MENTOR_CONFIRM_TRAINING,
        QUERY_MENTOR_OWN,
        QUERY_MENTOR_FREE,
        QUERY_MENTOR_LOADS,
        COMMAND_PAIRING_REQUEST,
        COMMAND_PAIRING_ANSWER,
        COMMAND_PAIRING_WITHDRAW,
        COMMAND_PAIRING_END,
        COMMAND_PAIRING_CHECK_IN,
        QUERY_PAIRING_LIST,
        COMMAND_MENTOR_WAIT_BEGIN,
        COMMAND_MENTOR_WAIT_STOP,
        QUERY_MENTOR_WAIT_OWN,
        COMMAND_ROUND_START,
        COMMAND_ROUND_HOLD,
        COMMAND_ROUND_PUT,
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
    const SOURCES: [&str; 15] = [
        include_str!("application/request.rs"),
        include_str!("application/answer.rs"),
        include_str!("application/withdraw.rs"),
        include_str!("application/list.rs"),
        include_str!("application/find.rs"),
        include_str!("application/mentor.rs"),
        include_str!("application/mentors.rs"),
        include_str!("application/pairing.rs"),
        include_str!("application/check_in.rs"),
        include_str!("application/pairings.rs"),
        include_str!("application/acquainted.rs"),
        include_str!("application/wait.rs"),
        include_str!("application/round.rs"),
        include_str!("application/rounds/hold.rs"),
        include_str!("application/rounds/put.rs"),
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
