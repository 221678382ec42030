//! An inbox item: that one person was told of one event, and whether they have seen it.

mod add;
mod event;
mod mark_read;
mod refusal;

use kindred_eventsourcing::{Decider, Decision, canonical_enum};
use kindred_ids::MemberId;

pub use add::AddItem;
pub use event::Event;
pub use mark_read::MarkRead;
pub use refusal::Refusal;

/// The rules of an inbox item.
pub struct InboxItem;

/// What may be asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// See [`AddItem`].
    Add(AddItem),
    /// See [`MarkRead`].
    MarkRead(MarkRead),
}
canonical_enum!(Command { Add, MarkRead });

/// What has become of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing was decided yet.
    #[default]
    Absent,
    /// Decided, and nobody is told.
    Suppressed,
    /// In the inbox, not seen.
    Unread(MemberId),
    /// In the inbox, seen.
    Read(MemberId),
}

impl Decider for InboxItem {
    const CATEGORY: &'static str = "inbox_item";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        match command {
            Command::Add(command) => Ok(command.decide(state)),
            Command::MarkRead(command) => command.decide(state),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        *state = match event {
            Event::Added { notice, .. } => State::Unread(notice.member),
            Event::Suppressed { .. } => State::Suppressed,
            Event::Read { member, .. } => State::Read(*member),
        };
    }
}
