//! The closed sets of the contract as clients see them: lower-case words, in both directions.
//!
//! A value that this build does not know, because a service is newer, becomes `unknown`
//! instead of an error; `unknown` is never accepted from a client.

use kindred_proto::{matching, membership, notification, posting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $wire:path { $($item:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $(
                #[doc = $text]
                #[serde(rename = $text)]
                $item,
            )*
            /// A value that this build does not know.
            #[default]
            #[serde(rename = "unknown", skip_deserializing)]
            Unknown,
        }

        impl $name {
            /// All that a client may send.
            pub const ALL: &[Self] = &[$(Self::$item,)*];

            /// From the number on the wire.
            #[must_use]
            pub fn of_wire(number: i32) -> Self {
                match <$wire>::try_from(number) {
                    $(Ok(<$wire>::$item) => Self::$item,)*
                    _ => Self::Unknown,
                }
            }

            /// As the number on the wire.
            #[must_use]
            pub fn wire(self) -> i32 {
                match self {
                    $(Self::$item => <$wire>::$item as i32,)*
                    Self::Unknown => 0,
                }
            }

            /// The word, as in JSON and forms.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$item => $text,)*
                    Self::Unknown => "unknown",
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($text => Ok(Self::$item),)* _ => Err(UnknownWord) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    )*};
}

/// A text that is none of the words asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("none of the words that are possible here")]
pub struct UnknownWord;

words! {
    /// Who may see a profile field.
    Visibility: membership::Visibility {
        Nobody = "nobody", Matched = "matched", Community = "community", Tenant = "tenant",
    }
    /// What a member may agree to.
    ConsentPurpose: membership::ConsentPurpose {
        Matching = "matching", Inference = "inference", Text = "text", Outcomes = "outcomes",
    }
    /// What a profile field is about.
    FieldKind: membership::ProfileFieldKind {
        Condition = "condition", Interest = "interest", Role = "role",
        Area = "area", Language = "language", YearOfDiagnosis = "year_of_diagnosis",
        Stage = "stage", Treatment = "treatment", AgeBand = "age_band", Sex = "sex",
        Offer = "offer", Want = "want",
    }
    /// What a member may do in the whole tenant.
    TenantRole: membership::TenantRole {
        PrivacyOfficer = "privacy_officer", Administrator = "administrator",
        ProgrammeOperator = "programme_operator",
    }
    /// What a member may do in one community.
    CommunityRole: membership::CommunityRole {
        Member = "member", Mentor = "mentor", Moderator = "moderator", Manager = "manager",
    }
    /// How people get into a community.
    JoinPolicy: membership::JoinPolicy {
        Open = "open", Approval = "approval", Invitation = "invitation",
    }
    /// Whether a member takes part.
    MemberState: membership::MemberState {
        Active = "active", Suspended = "suspended", Erased = "erased",
    }
    /// How somebody stands to a community.
    MembershipState: membership::MembershipState {
        None = "none", Pending = "pending", Active = "active",
        Suspended = "suspended", Left = "left", Declined = "declined",
    }
    /// What one may say about a post with one press.
    Reaction: posting::Reaction { MeToo = "me_too", Helpful = "helpful", Hug = "hug", }
    /// How far an introduction has come.
    IntroductionState: matching::IntroductionState {
        Open = "open", Accepted = "accepted", Declined = "declined", Withdrawn = "withdrawn",
    }
    /// How far a pairing has come.
    PairingState: matching::PairingState {
        Open = "open", Active = "active", Declined = "declined", Withdrawn = "withdrawn", Ended = "ended",
        Lapsed = "lapsed",
    }
    /// Why a pairing ended.
    PairingEnd: matching::PairingEnd {
        GoalReached = "goal_reached", NoTime = "no_time", NotAFit = "not_a_fit", Other = "other",
    }
    /// How a round of the mentor programme chooses.
    RoundMode: matching::RoundMode { Cheapest = "cheapest", Stable = "stable", }
    /// How a pairing goes.
    PairingMood: matching::PairingMood {
        GoingWell = "going_well", CouldBeBetter = "could_be_better", NeedsHelp = "needs_help",
    }
    /// What a member is told about.
    NotificationKind: notification::NotificationKind {
        Reply = "reply", Mention = "mention", IntroductionRequested = "introduction_requested",
        IntroductionAccepted = "introduction_accepted", JoinDecided = "join_decided",
        PairingRequested = "pairing_requested", PairingAccepted = "pairing_accepted",
        Message = "message",
    }
    /// Where a member is told.
    Channel: notification::Channel { Inbox = "inbox", Email = "email", }
}

impl CommunityRole {
    /// Whether this role looks after the community.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Moderator | Self::Manager)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_wire_and_json() {
        for &state in MembershipState::ALL {
            assert_eq!(MembershipState::of_wire(state.wire()), state);
            let json = serde_json::to_string(&state).expect("a word is JSON");
            assert_eq!(json, format!("\"{state}\""));
            assert_eq!(serde_json::from_str::<MembershipState>(&json).expect("and back"), state);
            assert_eq!(state.as_str().parse(), Ok(state));
        }
    }

    #[test]
    fn a_value_of_a_newer_service_is_unknown_and_no_client_may_send_it() {
        assert_eq!(NotificationKind::of_wire(4711), NotificationKind::Unknown);
        assert_eq!(NotificationKind::of_wire(0), NotificationKind::Unknown);
        assert!(serde_json::from_str::<NotificationKind>("\"unknown\"").is_err());
    }
}
