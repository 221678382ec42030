//! The services' own code that reads events, by context.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_matching::domain as matching;
use kindred_membership::domain as membership;
use kindred_notification::domain as notification;
use kindred_posting::domain as posting;

/// Reads a record and writes it again in the newest version.
pub type Reader = fn(&Record) -> Result<Record, DecodeError>;

fn rewrite<D: Contract>(record: &Record) -> Result<Record, DecodeError> {
    D::decode(record).map(|event| D::encode(&event))
}

/// A reader for each kind of entity.
pub fn of(context: &str) -> &'static [Reader] {
    match context {
        "membership" => &[
            rewrite::<membership::programme::Programme>,
            rewrite::<membership::tenant::Tenant>,
            rewrite::<membership::community::Community>,
            rewrite::<membership::member::Member>,
            rewrite::<membership::consent::Consent>,
            rewrite::<membership::membership::Membership>,
            rewrite::<membership::session::Session>,
            rewrite::<membership::sign_in_link::SignInLink>,
            rewrite::<membership::block::Block>,
        ],
        "posting" => &[
            rewrite::<posting::Thread>,
            rewrite::<posting::Comment>,
            rewrite::<posting::Reaction>,
            rewrite::<posting::Conversation>,
            rewrite::<posting::Message>,
        ],
        "matching" => &[
            rewrite::<matching::Introduction>,
            rewrite::<matching::Mentor>,
            rewrite::<matching::MentorWait>,
            rewrite::<matching::Pairing>,
            rewrite::<matching::Round>,
            rewrite::<matching::CheckIn>,
            rewrite::<matching::Weights>,
        ],
        "notification" => &[
            rewrite::<notification::inbox_item::InboxItem>,
            rewrite::<notification::delivery::Delivery>,
            rewrite::<notification::preference::Preference>,
        ],
        other => panic!("`{other}` is no context with events"),
    }
}

/// What the one entity that knows the event makes of it.
///
/// # Errors
///
/// What is wrong: nobody knows it, several do, or the bytes do not fit.
pub fn reread(context: &str, record: &Record) -> Result<Record, String> {
    let outcomes = of(context).iter().map(|reader| reader(record));
    let mut known: Vec<_> = outcomes.filter(|outcome| !matches!(outcome, Err(DecodeError::Unknown { .. }))).collect();
    match (known.pop(), known.is_empty()) {
        (None, _) => Err(format!("no entity of {context} knows it")),
        (Some(_), false) => Err(format!("several entities of {context} take it for theirs")),
        (Some(outcome), true) => outcome.map_err(|error| error.to_string()),
    }
}
