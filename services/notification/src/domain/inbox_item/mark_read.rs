//! Having seen an inbox item.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Says that the member has seen the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkRead {
    /// Who asks.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(MarkRead { member } without { at });

impl MarkRead {
    /// Marks it; once is enough.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] unless the item lies in the inbox of the one who asks: of
    /// somebody else's nothing is learnt, not even that it exists.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Unread(owner) if *owner == self.member => {
                Ok(Event::Read { member: self.member, at: self.at }.into())
            }
            State::Read(owner) if *owner == self.member => Ok(Decision::nothing()),
            State::Absent | State::Suppressed | State::Unread(_) | State::Read(_) => Err(Refusal::NotFound),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::inbox_item::{Command, InboxItem};
    use crate::domain::notice::{Notice, Suppression};
    use crate::testing::{at, member, notice};

    fn added() -> Event {
        Event::Added { notice: notice(), at: at(10) }
    }

    fn mark(member: MemberId) -> Command {
        Command::MarkRead(MarkRead { member, at: at(20) })
    }

    #[test]
    fn an_unread_item_becomes_read() {
        let owner = notice().member;
        given::<InboxItem>([added()]).when(mark(owner)).then([Event::Read { member: owner, at: at(20) }]);
    }

    #[test]
    fn reading_twice_changes_nothing() {
        let owner = notice().member;
        given::<InboxItem>([added(), Event::Read { member: owner, at: at(15) }]).when(mark(owner)).then_nothing();
    }

    #[test]
    fn what_is_not_in_ones_inbox_is_not_found() {
        let Notice { member: owner, kind, source, .. } = notice();
        let hidden = Event::Suppressed { member: owner, kind, source, reason: Suppression::Blocked, at: at(10) };
        let read = Event::Read { member: owner, at: at(15) };
        given::<InboxItem>([]).when(mark(owner)).then_err(Refusal::NotFound);
        given::<InboxItem>([hidden]).when(mark(owner)).then_err(Refusal::NotFound);
        given::<InboxItem>([added()]).when(mark(member(9))).then_err(Refusal::NotFound);
        given::<InboxItem>([added(), read]).when(mark(member(9))).then_err(Refusal::NotFound);
    }
}
