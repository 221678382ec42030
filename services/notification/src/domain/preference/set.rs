//! Saying whether one wants to be told.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{PreferenceSet, Refusal, State};
use crate::domain::notice::{Channel, Kind};

/// Turns one kind on or off on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPreference {
    /// Whose preference.
    pub member: MemberId,
    /// Of which kind.
    pub kind: Kind,
    /// On which channel.
    pub channel: Channel,
    /// Whether they want it.
    pub on: bool,
    /// When.
    pub at: Timestamp,
}
canonical!(SetPreference { member, kind, channel, on } without { at });

impl SetPreference {
    /// Records the choice, also the first one that equals the default: it then outlives
    /// a change of the default.
    #[must_use]
    pub fn decide(&self, state: State) -> Decision<PreferenceSet, Refusal> {
        if state.0 == Some(self.on) {
            return Decision::nothing();
        }
        let Self { member, kind, channel, on, at } = *self;
        PreferenceSet { member, kind, channel, on, at }.into()
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::preference::{Preference, on_by_default};
    use crate::testing::{at, member};

    fn set(on: bool, millis: i64) -> SetPreference {
        SetPreference { member: member(1), kind: Kind::Reply, channel: Channel::Email, on, at: at(millis) }
    }

    fn was_set(on: bool, millis: i64) -> PreferenceSet {
        PreferenceSet { member: member(1), kind: Kind::Reply, channel: Channel::Email, on, at: at(millis) }
    }

    #[test]
    fn a_choice_is_recorded_also_when_it_is_the_default() {
        assert!(on_by_default(Kind::Reply, Channel::Email));
        given::<Preference>([]).when(set(true, 10)).then([was_set(true, 10)]);
        given::<Preference>([]).when(set(false, 10)).then([was_set(false, 10)]);
    }

    #[test]
    fn the_last_choice_holds() {
        given::<Preference>([was_set(false, 10)]).when(set(true, 20)).then([was_set(true, 20)]);
        given::<Preference>([was_set(false, 10)]).when(set(false, 20)).then_nothing();
    }

    #[test]
    fn everything_comes_to_the_inbox_and_a_mail_for_what_somebody_waits_for() {
        assert!(Kind::ALL.iter().all(|kind| on_by_default(*kind, Channel::Inbox)));
        let mailed = Kind::ALL.map(|kind| on_by_default(kind, Channel::Email));
        assert_eq!(mailed, [true, true, true, true, false, true, true, true]);
        assert!(!State(Some(false)).is_on(Kind::Reply, Channel::Email));
    }
}
