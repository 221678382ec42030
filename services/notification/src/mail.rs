//! Mails: what they say, the links in them, and the way out.
//!
//! # Promises
//!
//! * No mail holds a condition, a community's name, a word that somebody wrote, or a name
//!   of anybody: nothing of the kind is even given to this module.
//! * A mail of one delivery has one Message-ID, whatever attempt it is, so that a receiver
//!   can tell a repeat.
//! * Every mail of a kind that can be turned off says how, by a link that is signed for
//!   this tenant, member and kind and works for nothing else.

mod compose;
mod language;
mod links;
mod smtp;
mod unsubscribe;
mod words;

use lettre::Message;
use lettre::address::AddressError;

pub use compose::{ComposeError, Composer, SignInMail};
pub use language::Language;
pub use links::{Links, LinksError};
pub use smtp::{SmtpError, SmtpPost, SmtpSettings, SmtpTls};
pub use unsubscribe::{Subscription, TokenError, UnsubscribeKeyError, UnsubscribeKeys};

/// A mail ready to be handed over.
#[derive(Debug, Clone)]
pub struct Mail(Message);

impl Mail {
    /// As it goes over the wire.
    #[must_use]
    pub fn formatted(&self) -> Vec<u8> {
        self.0.formatted()
    }
}

/// Where and how to write to one member.
#[derive(Clone)]
pub struct Recipient {
    address: lettre::Address,
    /// Their language.
    pub language: Language,
    /// What their tenant is called.
    pub tenant_name: String,
}

impl Recipient {
    /// Somebody with an address.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if it is none.
    pub fn try_new(email: &str, language: Language, tenant_name: String) -> Result<Self, AddressError> {
        Ok(Self { address: email.parse()?, language, tenant_name })
    }
}

/// Never shows the address.
impl std::fmt::Debug for Recipient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Recipient").field("language", &self.language).finish_non_exhaustive()
    }
}
