//! Where a browser's request was made: an unsafe one must come from these pages.

use axum::http::{HeaderMap, header};
use kindred_service_kit::error::ApiError;

use crate::config::Settings;

/// Needs proof that the request was made by a page of this site. Browsers say so in
/// `Sec-Fetch-Site`, all of them in `Origin`; a request that says neither is no browser's
/// and has to use a bearer token.
///
/// # Errors
///
/// `PERMISSION_DENIED` for a request of another site, or of none.
pub fn check(settings: &Settings, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let by_fetch = text("sec-fetch-site").map(|site| site == "same-origin");
    let by_origin = text(header::ORIGIN.as_str()).map(|origin| ours(settings, origin, text(header::HOST.as_str())));
    match (by_fetch, by_origin) {
        (Some(false), _) | (_, Some(false)) | (None, None) => {
            Err(ApiError::denied("FOREIGN_ORIGIN", "this was not sent from a page of this site"))
        }
        _ => Ok(()),
    }
}

/// Ours is the configured address and whatever name the browser reached us by.
fn ours(settings: &Settings, origin: &str, host: Option<&str>) -> bool {
    if origin.eq_ignore_ascii_case(&settings.origin) {
        return true;
    }
    let scheme = if settings.secure { "https://" } else { "http://" };
    match (origin.strip_prefix(scheme), host) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn verdict(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        check(&Settings::for_tests("https://kindred.example"), &headers).is_ok()
    }

    #[test]
    fn only_this_sites_own_pages_pass() {
        assert!(verdict(&[("origin", "https://kindred.example")]));
        assert!(verdict(&[("sec-fetch-site", "same-origin")]));
        assert!(verdict(&[("origin", "https://alias.example"), ("host", "alias.example")]));
        for foreign in [
            &[("origin", "https://evil.example"), ("host", "kindred.example")][..],
            &[("origin", "null"), ("host", "kindred.example")],
            &[("origin", "http://kindred.example"), ("host", "kindred.example")],
            &[("origin", "https://kindred.example.evil.example")],
            &[("origin", "https://kindred.example"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("host", "kindred.example")],
            &[],
        ] {
            assert!(!verdict(foreign), "{foreign:?}");
        }
    }
}
