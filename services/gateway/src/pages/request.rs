//! What page handlers take: [`Visit`] for looking, [`Sent`] for a form.
//!
//! A form counts only with the session's proof and a command id; text arrives with plain
//! line ends.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;

use super::flash;
use super::frame::{Frame, You};
use crate::backends::Call;
use crate::edge::{cookie, origin};
use crate::failure::{Answer, Failure};
use crate::gateway::Gateway;
use crate::model::Accepted;
use crate::operations::{Part, inbox};
use crate::positions;
use crate::session::{Guest, Signed};
use crate::text;

/// How long a browser asks to see what it just wrote.
const POSITIONS_KEPT: i64 = 30;
/// The cookie of light and dark.
pub const THEME: &str = "kindred-theme";

/// Somebody looks at a page.
#[derive(Clone)]
pub struct Visit {
    /// The shared state.
    pub gateway: Gateway,
    /// Who looks, if signed in.
    pub signed: Option<Signed>,
    query: Fields,
    theme: Option<&'static str>,
    /// The path and query that were looked at; `/` for what was sent.
    pub path: String,
}

impl FromRequestParts<Gateway> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let Guest(signed) = Guest::from_request_parts(parts, gateway).await?;
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
        Ok(Self { signed, query, ..Self::of_nobody(gateway, parts) })
    }
}

impl Visit {
    /// Somebody of whom nothing is known but how they want pages to look.
    #[must_use]
    pub fn of_nobody(gateway: &Gateway, parts: &Parts) -> Self {
        let theme = match cookie::read(&parts.headers, THEME).as_deref() {
            Some("light") => Some("light"),
            Some("dark") => Some("dark"),
            _ => None,
        };
        // What was sent cannot be looked at again by its address.
        let looked_at = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
        let path = looked_at.map_or_else(|| "/".to_owned(), ToString::to_string);
        Self { gateway: gateway.clone(), signed: None, query: Fields::default(), theme, path }
    }

    /// Needs somebody signed in.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` for anybody else.
    pub fn signed(&self) -> Result<&Signed, ApiError> {
        self.signed.as_ref().ok_or_else(|| ApiError::unauthenticated("SESSION_MISSING", "sign in first"))
    }

    /// For calls on behalf of who looks.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` if nobody is signed in.
    pub fn call(&self) -> Result<&Call, ApiError> {
        self.signed().map(|signed| &signed.call)
    }

    /// The query of the address.
    #[must_use]
    pub const fn query(&self) -> &Fields {
        &self.query
    }

    /// Which part of a list is asked for.
    #[must_use]
    pub fn part(&self, size: u32) -> Part {
        Part { cursor: self.query.line("cursor"), size }
    }

    /// What stands around the page: the tenant's name and the inbox, fetched at once. An
    /// inbox that does not answer is left out.
    pub async fn frame(&self, here: &'static str) -> Frame {
        let unread = async {
            match &self.signed {
                Some(signed) => inbox::unread(&signed.call).await.ok(),
                None => None,
            }
        };
        let (frame, unread) = tokio::join!(self.quiet_frame(here), unread);
        Frame { unread, ..frame }
    }

    /// As [`Self::frame`] without the inbox: for pages that must stand when services fall.
    pub async fn quiet_frame(&self, here: &'static str) -> Frame {
        let bare = self.bare_frame(here);
        let Some(signed) = &self.signed else { return bare };
        let session = &signed.session;
        let tenant = self.gateway.tenant(&session.tenant).await;
        Frame {
            brand: tenant.as_ref().map_or_else(|_| session.tenant.to_string(), |tenant| tenant.name.clone()),
            hue: tenant.map_or(bare.hue, |tenant| tenant.hue),
            you: Some(You {
                member_id: session.member_id.clone(),
                handle: session.handle.clone(),
                roles: session.roles.clone(),
                operator: session.programme_operator,
            }),
            csrf: Some(session.csrf.clone()),
            ..bare
        }
    }

    /// What stands around a page for anybody.
    #[must_use]
    pub fn bare_frame(&self, here: &'static str) -> Frame {
        Frame {
            brand: "Kindred".to_owned(),
            hue: 168,
            you: None,
            unread: None,
            theme: self.theme,
            here,
            path: self.path.clone(),
            flash: flash::words(&self.query.line("done")),
            stale: false,
            now: self.gateway.clock.now(),
            csrf: None,
        }
    }
}

/// A form that was sent.
pub struct Sent {
    /// Who sent it, and the shared state.
    pub visit: Visit,
    /// What it holds.
    pub fields: Fields,
    /// The id that was made when it was rendered.
    pub command: String,
}

impl FromRequest<Gateway> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, gateway).await?;
        if visit.signed.is_none() {
            origin::check(&gateway.settings, &parts.headers)?;
        }
        form_type(&parts.headers)?;
        let body = Bytes::from_request(Request::from_parts(parts, body), gateway)
            .await
            .map_err(|_| ApiError::invalid("body", "BODY_TOO_LARGE", "the form is too large or broke off"))?;
        let fields = Fields::parse(&body)?;
        if let Some(signed) = &visit.signed {
            signed.session.csrf.check(fields.get("csrf").unwrap_or_default())?;
        }
        let command = input::command_id(fields.get("command").unwrap_or_default())?.to_string();
        Ok(Self { visit, fields, command })
    }
}

fn form_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(ApiError::invalid("content-type", "NOT_A_FORM", "the page's own form has to send this"))
}

impl Sent {
    /// Goes on to `path`, keeping in mind what was accepted and saying what was done.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` if nobody is signed in.
    pub fn done(&self, accepted: &Accepted, path: &str, done: &str) -> Answer<Response> {
        let seen = self.visit.call()?.seeing(&accepted.position);
        Ok(go_on(&self.visit.gateway, &seen, path, done))
    }

    /// The text of a field with plain line ends.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        text::of_form(self.fields.get(name).unwrap_or_default())
    }

    /// A field of one line, without blanks at either end.
    #[must_use]
    pub fn line(&self, name: &str) -> String {
        self.fields.line(name)
    }
}

/// A redirect that also asks to see what was accepted.
pub fn go_on(gateway: &Gateway, seen: &Call, path: &str, done: &str) -> Response {
    let (path, anchor) = path.split_once('#').map_or((path, String::new()), |(path, at)| (path, format!("#{at}")));
    let join = if path.contains('?') { '&' } else { '?' };
    let target = if done.is_empty() { format!("{path}{anchor}") } else { format!("{path}{join}done={done}{anchor}") };
    let mut response = redirect(&target);
    if !seen.positions().is_empty() {
        let joined = seen.positions().joined();
        let kept = cookie::write(positions::NAME, &joined, POSITIONS_KEPT, gateway.settings.secure);
        response.headers_mut().append(header::SET_COOKIE, kept);
    }
    response
}

/// Whether a text may stand in a path of ours as an id, so that nothing but our own pages
/// can be reached by it.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// "Look there", by GET.
#[must_use]
pub fn redirect(target: &str) -> Response {
    let location = HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Names and values, as a form or query holds them.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the usual encoding; what is no UTF-8 is refused, not repaired.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        let broken = |_| ApiError::invalid("body", "FORM_MALFORMED", "the form is not valid UTF-8");
        let mut pairs = Vec::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = decode(&pair[..at]).map_err(broken)?;
            pairs.push((name, decode(pair.get(at + 1..).unwrap_or_default()).map_err(broken)?));
        }
        Ok(Self(pairs))
    }

    /// The first value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value without blanks at either end; empty if there is none.
    #[must_use]
    pub fn line(&self, name: &str) -> String {
        text::line(self.get(name).unwrap_or_default())
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }
}

fn decode(bytes: &[u8]) -> Result<String, std::string::FromUtf8Error> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        plain.push(match (byte, rest.as_slice()) {
            (b'+', _) => b' ',
            (b'%', [high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest.nth(1);
                hex(*high) << 4 | hex(*low)
            }
            _ => byte,
        });
    }
    String::from_utf8(plain)
}

const fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let fields = Fields::parse(b"a=1&b=x+y%20%C3%A9&a=2&c&d=%zz%4&e=").expect("a form");
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.get("b"), Some("x y é"));
        assert_eq!(fields.get("d"), Some("%zz%4"));
        assert!(!fields.flag("c") && !fields.flag("e") && fields.flag("a"));
        assert!(Fields::parse(b"a=%ff%fe").is_err());
    }
}
