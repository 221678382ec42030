//! A browser without script, and a program with a bearer token.

use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde_json::Value;

use super::site::Site;

/// What came back.
pub struct Seen {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Seen {
    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

/// Somebody at a browser.
pub struct Browser {
    client: Client,
    pub url: String,
    pub cookies: Vec<(String, String)>,
}

impl Browser {
    pub fn new(site: &Site) -> Self {
        Self { client: client(), url: site.url.clone(), cookies: Vec::new() }
    }

    /// Signed in as a persona.
    pub fn of(site: &Site, persona: &str) -> Self {
        let mut browser = Self::new(site);
        browser.cookies.push(("kindred-session".to_owned(), super::fake::persona(persona)));
        browser
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.client.request(method, format!("{}{path}", self.url)).header(COOKIE, cookies.join("; "))
    }

    pub async fn get(&self, path: &str) -> Seen {
        Seen::of(self.request(Method::GET, path).header("accept", "text/html")).await
    }

    /// The same of one who says what languages they read.
    pub async fn speaking(&self, path: &str, accepted: &str) -> Seen {
        let request = self.request(Method::GET, path).header("accept", "text/html");
        Seen::of(request.header("accept-language", accepted)).await
    }

    /// Sends a form as the page at `page` would: with its hidden fields.
    pub async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Seen {
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.text);
        let form = shown.text.split("<form").find(|form| form.contains(&format!("action=\"{action}\"")));
        let form = form.unwrap_or_else(|| panic!("no form for {action} on {page}"));
        let hidden = ["csrf", "command"].map(|name| (name.to_owned(), value_of(form, name)));
        let typed = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.post(action, &hidden.into_iter().chain(typed).collect::<Vec<_>>()).await
    }

    pub async fn post(&mut self, action: &str, fields: &[(String, String)]) -> Seen {
        let origin = self.url.clone();
        self.post_from(&origin, action, fields).await
    }

    pub async fn post_from(&mut self, origin: &str, action: &str, fields: &[(String, String)]) -> Seen {
        let request = self.request(Method::POST, action).header(ORIGIN, origin).form(fields);
        let seen = Seen::of(request).await;
        self.keep(&seen);
        seen
    }

    /// Keeps the cookies of an answer.
    pub fn keep(&mut self, seen: &Seen) {
        for cookie in seen.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Follows one redirect.
    pub async fn follow(&self, seen: &Seen) -> Seen {
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
        let path = seen.header("location").split('#').next().unwrap().to_owned();
        self.get(&path).await
    }
}

/// The value of a hidden field.
pub fn value_of(form: &str, name: &str) -> String {
    let found = form.split(&format!("name=\"{name}\" value=\"")).nth(1);
    found.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// A program.
pub struct Program {
    client: Client,
    url: String,
    token: String,
}

impl Program {
    pub fn of(site: &Site, persona: &str) -> Self {
        Self { client: client(), url: format!("{}/api/v1", site.url), token: super::fake::persona(persona) }
    }

    pub fn stranger(site: &Site) -> Self {
        Self { token: String::new(), ..Self::of(site, "") }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    pub async fn get(&self, path: &str) -> Seen {
        Seen::of(self.request(Method::GET, path)).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Seen {
        Seen::of(self.request(method, path).json(&body)).await
    }

    pub async fn raw(&self, method: Method, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Seen {
        Seen::of(self.request(method, path).header(CONTENT_TYPE, kind).body(body)).await
    }

    pub async fn plain(&self, request: RequestBuilder) -> Seen {
        Seen::of(request).await
    }
}

/// A new command id.
pub fn command() -> String {
    kindred_gateway::gateway::new_command_id().to_string()
}
