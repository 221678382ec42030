//! The addresses of the pages that mails lead to.

use kindred_ids::TenantSlug;

/// A template that does not hold what a link needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinksError {
    /// Not the address of a web site.
    #[error("`web.base_url` must start with `https://` or `http://` and hold no spaces")]
    BaseUrl,
    /// A path that does not say where the token stands.
    #[error("`web.{0}` must start with `/` and hold `{{token}}` once")]
    Path(&'static str),
    /// The inbox's path.
    #[error("`web.inbox_path` must start with `/`")]
    Inbox,
}

/// Templates: `{tenant}` and `{token}` are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    base: String,
    inbox: String,
    sign_in: String,
    unsubscribe: String,
}

impl Links {
    /// Takes the templates of the configuration.
    ///
    /// # Errors
    ///
    /// [`LinksError`] naming the setting that does not hold.
    pub fn try_new(base_url: &str, inbox: &str, sign_in: &str, unsubscribe: &str) -> Result<Self, LinksError> {
        let web = base_url.starts_with("https://") || base_url.starts_with("http://");
        if !web || base_url.contains(char::is_whitespace) {
            return Err(LinksError::BaseUrl);
        }
        if !is_path(inbox) {
            return Err(LinksError::Inbox);
        }
        for (name, path) in [("sign_in_path", sign_in), ("unsubscribe_path", unsubscribe)] {
            if !is_path(path) || path.matches("{token}").count() != 1 {
                return Err(LinksError::Path(name));
            }
        }
        Ok(Self {
            base: base_url.trim_end_matches('/').to_owned(),
            inbox: inbox.to_owned(),
            sign_in: sign_in.to_owned(),
            unsubscribe: unsubscribe.to_owned(),
        })
    }

    pub(super) fn inbox(&self, tenant: &TenantSlug) -> String {
        self.fill(&self.inbox, tenant, "")
    }

    pub(super) fn sign_in(&self, tenant: &TenantSlug, token: &str) -> String {
        self.fill(&self.sign_in, tenant, token)
    }

    pub(super) fn unsubscribe(&self, tenant: &TenantSlug, token: &str) -> String {
        self.fill(&self.unsubscribe, tenant, token)
    }

    fn fill(&self, path: &str, tenant: &TenantSlug, token: &str) -> String {
        format!("{}{path}", self.base).replace("{tenant}", tenant.as_str()).replace("{token}", token)
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant;

    #[test]
    fn placeholders_are_filled_in() {
        let links = Links::try_new("https://{tenant}.example/", "/inbox", "/s/{token}", "/u?t={token}").expect("links");
        let riverside = tenant("riverside");
        assert_eq!(links.inbox(&riverside), "https://riverside.example/inbox");
        assert_eq!(links.sign_in(&riverside, "a.b"), "https://riverside.example/s/a.b");
        assert_eq!(links.unsubscribe(&riverside, "c"), "https://riverside.example/u?t=c");
    }

    #[test]
    fn a_template_that_cannot_work_is_refused_by_name() {
        let base = "https://kindred.example";
        for (given, error) in [
            (["kindred.example", "/i", "/{token}", "/{token}"], LinksError::BaseUrl),
            (["https://a b", "/i", "/{token}", "/{token}"], LinksError::BaseUrl),
            ([base, "i", "/{token}", "/{token}"], LinksError::Inbox),
            ([base, "/i", "/sign-in", "/{token}"], LinksError::Path("sign_in_path")),
            ([base, "/i", "/{token}", "/{token}{token}"], LinksError::Path("unsubscribe_path")),
        ] {
            let [url, inbox, sign_in, unsubscribe] = given;
            assert_eq!(Links::try_new(url, inbox, sign_in, unsubscribe), Err(error));
        }
    }
}
