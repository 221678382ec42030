//! The token of an unsubscribe link: who turns off what, signed, without a session.
//!
//! `v1.<tenant>.<member>.<kind>.<HMAC-SHA-256 in base64url>`: readable, so that a person
//! can see what it does, and bound to exactly that.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kindred_ids::{MemberId, TenantSlug};
use ring::hmac;

use crate::domain::notice::Kind;

/// What stands in front of what is signed, so that no other signature is one of these.
const PURPOSE: &str = "kindred unsubscribe ";

/// Of HMAC-SHA-256.
const SIGNATURE_BYTES: usize = 32;

/// What a token turns off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Whose tenant.
    pub tenant: TenantSlug,
    /// Whose mails.
    pub member: MemberId,
    /// Of which kind.
    pub kind: Kind,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not of the form of a token.
    #[error("the token is not the whole of the one in the mail")]
    Malformed,
    /// Of the form, but not signed here for this tenant, member and kind.
    #[error("the token is not signed for this tenant, member and kind")]
    Signature,
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an unsubscribe key (at least 32 bytes in base64)")]
pub struct UnsubscribeKeyError;

/// The keys that sign tokens: the first signs, all verify, so that a key can be rotated
/// while links signed with the one before still lie in mailboxes.
#[derive(Clone)]
pub struct UnsubscribeKeys(Vec<hmac::Key>);

impl UnsubscribeKeys {
    /// From the texts of key files, the newest first.
    ///
    /// # Errors
    ///
    /// [`UnsubscribeKeyError`] if one is no key, or there is none.
    pub fn from_base64<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, UnsubscribeKeyError> {
        let keys = texts.into_iter().map(read_key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(UnsubscribeKeyError) } else { Ok(Self(keys)) }
    }

    /// The token for a subscription.
    #[must_use]
    pub fn sign(&self, subscription: &Subscription) -> String {
        let claims = claims(subscription);
        let signature = hmac::sign(&self.0[0], signed(&claims).as_bytes());
        format!("{claims}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What a token turns off.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    pub fn verify(&self, token: &str) -> Result<Subscription, TokenError> {
        let subscription = read(token).ok_or(TokenError::Malformed)?;
        let (claims, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::Malformed)?;
        if signature.len() != SIGNATURE_BYTES {
            return Err(TokenError::Malformed);
        }
        let claims = signed(claims);
        let known = self.0.iter().any(|key| hmac::verify(key, claims.as_bytes(), &signature).is_ok());
        if known { Ok(subscription) } else { Err(TokenError::Signature) }
    }
}

impl fmt::Debug for UnsubscribeKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UnsubscribeKeys(..)")
    }
}

fn read_key(text: &str) -> Result<hmac::Key, UnsubscribeKeyError> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| UnsubscribeKeyError)?;
    (bytes.len() >= 32).then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes)).ok_or(UnsubscribeKeyError)
}

fn claims(Subscription { tenant, member, kind }: &Subscription) -> String {
    format!("v1.{tenant}.{member}.{}", kind.as_str())
}

fn signed(claims: &str) -> String {
    format!("{PURPOSE}{claims}")
}

/// The claims of a token, and only in the spelling in which they are written.
fn read(token: &str) -> Option<Subscription> {
    let parts: Vec<&str> = token.split('.').collect();
    let ["v1", tenant, member, kind, _signature] = parts[..] else { return None };
    let subscription =
        Subscription { tenant: tenant.parse().ok()?, member: member.parse().ok()?, kind: Kind::named(kind)? };
    token.starts_with(&claims(&subscription)).then_some(subscription)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{member, tenant};

    fn keys(seeds: &[u8]) -> UnsubscribeKeys {
        let texts: Vec<String> = seeds.iter().map(|seed| STANDARD.encode([*seed; 32])).collect();
        UnsubscribeKeys::from_base64(texts.iter().map(String::as_str)).expect("keys")
    }

    fn subscription() -> Subscription {
        Subscription { tenant: tenant("riverside"), member: member(1), kind: Kind::Mention }
    }

    #[test]
    fn a_token_reads_back() {
        let token = keys(&[1]).sign(&subscription());
        assert_eq!(keys(&[1]).verify(&token), Ok(subscription()));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{token}");
    }

    #[test]
    fn a_token_of_one_member_kind_or_tenant_works_for_no_other() {
        let keys = keys(&[1]);
        let token = keys.sign(&subscription());
        let (_, signature) = token.rsplit_once('.').expect("a signature");
        for other in [
            Subscription { member: member(2), ..subscription() },
            Subscription { kind: Kind::Reply, ..subscription() },
            Subscription { tenant: tenant("lakeside"), ..subscription() },
        ] {
            assert_eq!(keys.verify(&format!("{}.{signature}", claims(&other))), Err(TokenError::Signature));
        }
    }

    #[test]
    fn a_key_that_is_no_longer_listed_signs_nothing() {
        let token = keys(&[1]).sign(&subscription());
        assert_eq!(keys(&[2, 1]).verify(&token), Ok(subscription()));
        assert_eq!(keys(&[2]).verify(&token), Err(TokenError::Signature));
    }

    #[test]
    fn what_is_no_token_is_malformed() {
        let whole = keys(&[1]).sign(&subscription());
        let upper = whole.replacen(&member(1).to_string(), &member(1).to_string().to_uppercase(), 1);
        let cut = |by: usize| whole.get(..whole.len() - by).expect("ascii").to_owned();
        let bad =
            ["", "v1", "....", &whole[3..], &format!("{whole}="), &format!("{whole}.x"), &upper, &cut(3), &cut(4)];
        for bad in bad {
            assert_eq!(keys(&[1]).verify(bad), Err(TokenError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn short_keys_and_no_keys_are_refused() {
        assert!(UnsubscribeKeys::from_base64([]).is_err());
        assert!(UnsubscribeKeys::from_base64([STANDARD.encode([1; 31]).as_str()]).is_err());
        assert!(UnsubscribeKeys::from_base64(["not base64!"]).is_err());
    }

    proptest! {
        #[test]
        fn no_text_passes_or_panics(text in "\\PC{0,200}") {
            prop_assert!(keys(&[1]).verify(&text).is_err());
        }
    }
}
