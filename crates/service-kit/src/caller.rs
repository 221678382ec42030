//! Who calls: signed caller tokens, whose word they rest on, and who is no longer welcome.
//!
//! # Promises
//!
//! * Every call carries its end caller in `kindred-caller`. A service that calls on its
//!   own behalf puts its own token there. A service that acts for somebody passes that
//!   caller's token on unchanged and puts its own beside it, in `kindred-service`.
//! * Every process signs with a key of its own; [`Trust`] says who may claim what: the
//!   gateway speaks for members and strangers, the operator for operators, a service for
//!   itself alone.
//! * A token lives at most five minutes. What cannot be verified is `UNAUTHENTICATED`
//!   with a stable reason, never an oracle for more.
//! * No `Debug` here prints a token or a key.

mod claims;
mod identity;
mod issuer;
mod keys;
mod revocations;
mod token;
mod trust;
mod verifier;

pub use claims::{MemberClaims, Role, Subject, TenantRole, UnknownName};
pub use identity::Caller;
pub use issuer::{Issuer, Token};
pub use keys::{KeyError, PublicKey, SigningKey};
pub use revocations::{CallerCheck, Revocations};
pub use token::{CLOCK_SKEW_MILLIS, LONGEST_LIFE_MILLIS, MAX_TOKEN_BYTES, TokenError};
pub use trust::Trust;
pub use verifier::Verifier;

/// Metadata names of the two tokens.
pub mod metadata {
    /// The end caller.
    pub const CALLER: &str = "kindred-caller";
    /// The service that acts for the end caller.
    pub const SERVICE: &str = "kindred-service";
}

#[cfg(test)]
mod tests;
