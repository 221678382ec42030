//! Telling somebody of an event in their inbox, or deciding not to.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};
use crate::domain::notice::{Notice, Suppression};

/// Decides once and for all what one person sees of one event in their inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddItem {
    /// What there is to tell.
    pub notice: Notice,
    /// Why it is not told, if it is not. Not part of the command's identity: the same
    /// event read again later, under other preferences, is still the same command.
    pub suppression: Option<Suppression>,
    /// When.
    pub at: Timestamp,
}
canonical!(AddItem { notice } without { suppression, at });

impl AddItem {
    /// Adds or suppresses it; what was decided before stands.
    #[must_use]
    pub fn decide(&self, state: &State) -> Decision<Event, Refusal> {
        if *state != State::Absent {
            return Decision::nothing();
        }
        let Notice { member, kind, source, .. } = self.notice;
        match self.suppression {
            None => Event::Added { notice: self.notice.clone(), at: self.at }.into(),
            Some(reason) => Event::Suppressed { member, kind, source, reason, at: self.at }.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::{RequestHash, testing::given};

    use super::*;
    use crate::domain::inbox_item::{Command, InboxItem};
    use crate::testing::{at, notice};

    fn add(suppression: Option<Suppression>, millis: i64) -> AddItem {
        AddItem { notice: notice(), suppression, at: at(millis) }
    }

    fn suppressed(millis: i64) -> Event {
        let Notice { member, kind, source, .. } = notice();
        Event::Suppressed { member, kind, source, reason: Suppression::Blocked, at: at(millis) }
    }

    #[test]
    fn a_notice_lands_in_the_inbox() {
        given::<InboxItem>([]).when(Command::Add(add(None, 10))).then([Event::Added { notice: notice(), at: at(10) }]);
    }

    #[test]
    fn not_telling_is_recorded() {
        given::<InboxItem>([]).when(Command::Add(add(Some(Suppression::Blocked), 10))).then([suppressed(10)]);
    }

    #[test]
    fn what_was_decided_stands() {
        let added = || Event::Added { notice: notice(), at: at(10) };
        given::<InboxItem>([suppressed(10)]).when(Command::Add(add(None, 20))).then_nothing();
        given::<InboxItem>([added()]).when(Command::Add(add(Some(Suppression::TurnedOff), 20))).then_nothing();
        let read = Event::Read { member: notice().member, at: at(15) };
        given::<InboxItem>([added(), read]).when(Command::Add(add(None, 20))).then_nothing();
    }

    #[test]
    fn the_same_event_under_other_preferences_is_the_same_command() {
        let first = RequestHash::of(&add(None, 10));
        assert_eq!(first, RequestHash::of(&add(Some(Suppression::TurnedOff), 20)));
        let mut other = add(None, 10);
        other.notice.declined = true;
        assert_ne!(first, RequestHash::of(&other));
    }
}
