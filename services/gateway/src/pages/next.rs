//! Where somebody wanted to go before they were asked to sign in: kept in a cookie for as
//! long as a mail takes.

use axum::http::{HeaderMap, HeaderValue};

use crate::edge::cookie as cookies;

/// The cookie.
const NAME: &str = "kindred-next";
/// How long it is kept, seconds.
const KEPT: i64 = 1_800;
/// Longer addresses are not kept.
const LONGEST: usize = 300;

/// Keeps an address of this site, if it can be kept.
#[must_use]
pub fn cookie(path: &str, secure: bool) -> Option<HeaderValue> {
    (path != "/" && keepable(path)).then(|| cookies::write(NAME, path, KEPT, secure))
}

/// Where to go on after signing in, and the cookie taken back if there was one.
#[must_use]
pub fn take(headers: &HeaderMap, secure: bool) -> (String, Option<HeaderValue>) {
    match cookies::read(headers, NAME) {
        None => ("/communities".to_owned(), None),
        Some(path) => {
            let path = if keepable(&path) { path } else { "/communities".to_owned() };
            (path, Some(cookies::clear(NAME, secure)))
        }
    }
}

/// A path of this site: one slash first, no second one, nothing that means more elsewhere.
fn keepable(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.?=&%".contains(&byte);
    path.len() <= LONGEST && path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    #[test]
    fn only_addresses_of_this_site_are_kept() {
        assert!(cookie("/threads/0a?cursor=x%20y", true).is_some());
        for evil in [
            "/",
            "//evil.example",
            "https://evil.example",
            "/a;b",
            "/a\\b",
            "/a\r\nb",
            &format!("/{}", "a".repeat(300)),
        ] {
            assert!(cookie(evil, true).is_none(), "{evil}");
        }
        let planted = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("kindred-next=//evil.example"))]);
        assert_eq!(take(&planted, false).0, "/communities");
    }
}
