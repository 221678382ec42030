//! Cookies: read one by name, write one with every attribute that protects it.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of the cookie `name`. A name that is sent twice counts as not sent: somebody
/// else may have planted one of them.
#[must_use]
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned());
    let first = found.next();
    if found.next().is_some() { None } else { first.filter(|value| !value.is_empty()) }
}

/// A cookie that no script reads and no other site's request carries along.
///
/// # Panics
///
/// If name or value hold what a cookie cannot; both are ours.
#[must_use]
pub fn write(name: &str, value: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
        .expect("cookie names and values are checked where they come in")
}

/// Takes a cookie back.
#[must_use]
pub fn clear(name: &str, secure: bool) -> HeaderValue {
    write(name, "", 0, secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))])
    }

    #[test]
    fn one_cookie_is_read_by_its_whole_name() {
        assert_eq!(read(&headers("a=1; kindred=x.y=z; b=2"), "kindred").as_deref(), Some("x.y=z"));
        assert_eq!(read(&headers("xkindred=1"), "kindred"), None);
        assert_eq!(read(&headers("kindred="), "kindred"), None);
    }

    #[test]
    fn a_cookie_sent_twice_counts_as_not_sent() {
        assert_eq!(read(&headers("kindred=mine; kindred=planted"), "kindred"), None);
    }
}
