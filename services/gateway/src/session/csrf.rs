//! The per-session proof that a form was rendered for the one who sends it.
//!
//! It is derived from the session's secret, so replicas need not share a key, and leaves
//! under a fresh mask each time, so that a compressed page does not give it away.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_service_kit::error::ApiError;
use ring::digest::{SHA256, digest};

/// The proof of one session.
#[derive(Clone, PartialEq, Eq)]
pub struct Csrf([u8; 16]);

impl Csrf {
    /// The proof that belongs to a session's secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        let hash = digest(&SHA256, format!("kindred form proof\0{secret}").as_bytes());
        Self(hash.as_ref()[..16].try_into().expect("SHA-256 has more than 16 bytes"))
    }

    /// For a hidden field; another text each time.
    #[must_use]
    pub fn masked(&self) -> String {
        let mask = crate::gateway::random();
        let hidden: Vec<u8> = self.0.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        URL_SAFE_NO_PAD.encode([mask.as_slice(), &hidden].concat())
    }

    /// Whether a form brought the proof back.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED` if not.
    pub fn check(&self, sent: &str) -> Result<(), ApiError> {
        let bytes = URL_SAFE_NO_PAD.decode(sent).unwrap_or_default();
        let proof: Vec<u8> = match bytes.split_at_checked(16) {
            Some((mask, hidden)) if hidden.len() == 16 => mask.iter().zip(hidden).map(|(a, b)| a ^ b).collect(),
            _ => Vec::new(),
        };
        // Both sides are derived by hashing and the mask is the sender's: the time that
        // the comparison takes tells nothing that could be used.
        if proof == self.0 {
            return Ok(());
        }
        Err(ApiError::denied("FORM_NOT_YOURS", "the form was not made for this session; open the page again"))
    }
}

impl std::fmt::Debug for Csrf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Csrf(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_this_session_passes_and_no_other_does() {
        let mine = Csrf::of("riverside.1.secret");
        let masked = mine.masked();
        assert_ne!(masked, mine.masked());
        assert!(mine.check(&masked).is_ok());
        for bad in ["", "AAAA", &Csrf::of("riverside.2.secret").masked(), &masked[1..], &format!("{masked}A")] {
            assert!(mine.check(bad).is_err(), "{bad}");
        }
    }
}
