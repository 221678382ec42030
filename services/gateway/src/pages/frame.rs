//! What stands around every page, and the small words that templates need.

use askama::filters::Safe;
use kindred_eventsourcing::Timestamp;

use crate::model::{Author, Moment, Post, PostVersion};
use crate::session::Csrf;
use crate::text::{markdown, moment};
use crate::wire::{TenantRole, Visibility};

/// Changes with the files in `assets/`, so that browsers fetch them anew.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");

/// Who looks at the page.
#[derive(Debug, Clone)]
pub struct You {
    /// Who.
    pub member_id: String,
    /// Their pseudonym.
    pub handle: String,
    /// What they may do in the whole tenant.
    pub roles: Vec<TenantRole>,
    /// Whether they operate the programme.
    pub operator: bool,
}

/// What stands around a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Whose pages: the tenant's name.
    pub brand: String,
    /// The tenant's hue.
    pub hue: u32,
    /// Who looks at it.
    pub you: Option<You>,
    /// Unread inbox items, if the inbox answers.
    pub unread: Option<u32>,
    /// Light or dark, where the reader chose.
    pub theme: Option<&'static str>,
    /// Which part of the site this is.
    pub here: &'static str,
    /// The path and query that were asked for.
    pub path: String,
    /// What was just done.
    pub flash: Option<&'static str>,
    /// Whether the page may not yet show what was just done.
    pub stale: bool,
    /// When it is made.
    pub now: Timestamp,
    /// Proves that its forms are the session's.
    pub csrf: Option<Csrf>,
}

/// One entry of the navigation.
pub struct NavigationLink {
    /// Where it goes.
    pub href: &'static str,
    /// What it says.
    pub name: &'static str,
    /// Whether it is this page's part of the site.
    pub here: bool,
}

/// The ways to other people: address, name, part of the site.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("/people", "People like me", "people"),
    ("/introductions", "Introductions", "introductions"),
    ("/mentors", "Mentors", "mentors"),
];

impl Frame {
    /// The same, saying whether the page may be behind.
    #[must_use]
    pub fn behind(mut self, stale: bool) -> Self {
        self.stale = stale;
        self
    }

    /// What the files under `/assets` are asked for with.
    #[must_use]
    pub const fn build(&self) -> &'static str {
        BUILD
    }

    /// The ways to other people, which are one part of the main navigation: a phone has no
    /// room for each.
    #[must_use]
    pub fn people_links(&self) -> Vec<NavigationLink> {
        let link = |(href, name, part): &(&'static str, &'static str, &str)| NavigationLink {
            href,
            name,
            here: self.here == *part,
        };
        PEOPLE.iter().map(link).collect()
    }

    /// The main navigation.
    #[must_use]
    pub fn links(&self) -> Vec<NavigationLink> {
        let you = self.you.as_ref();
        let has = |role| you.is_some_and(|you| you.roles.contains(&role));
        let link = |href, name, part| NavigationLink { href, name, here: self.here == part };
        let among_people = PEOPLE.iter().any(|(_, _, part)| self.here == *part);
        let mut links = vec![
            link("/communities", "Communities", "communities"),
            NavigationLink { href: "/people", name: "People", here: among_people },
            link("/conversations", "Conversations", "conversations"),
        ];
        if has(TenantRole::Administrator) {
            links.push(link("/staff", "Members", "staff"));
        }
        if has(TenantRole::PrivacyOfficer) {
            links.push(link("/privacy", "Privacy desk", "privacy"));
        }
        if you.is_some_and(|you| you.operator) {
            links.push(link("/operator", "Operator", "operator"));
        }
        links
    }

    /// The address of this page without its query.
    #[must_use]
    pub fn address(&self) -> &str {
        self.path.split('?').next().unwrap_or("/")
    }

    /// Whether this page belongs to `part` of the site.
    #[must_use]
    pub fn at(&self, part: &str) -> bool {
        self.here == part
    }

    /// Whether there is something new in the inbox.
    #[must_use]
    pub fn has_unread(&self) -> bool {
        self.unread.is_some_and(|count| count > 0)
    }

    /// The hidden fields of a form: that it is the session's, and a command id, so that
    /// sending it twice is one command.
    #[must_use]
    pub fn fields(&self) -> Safe<String> {
        let csrf = self.csrf.as_ref().map(Csrf::masked).unwrap_or_default();
        let command = crate::gateway::new_command_id();
        Safe(format!(
            "<input type=\"hidden\" name=\"csrf\" value=\"{csrf}\"><input type=\"hidden\" name=\"command\" value=\"{command}\">"
        ))
    }

    /// The ways the pages can look.
    #[must_use]
    pub const fn themes(&self) -> [(&'static str, &'static str); 3] {
        [("auto", "As my device"), ("light", "Light"), ("dark", "Dark")]
    }

    /// Whether the pages look this way.
    #[must_use]
    pub fn is_theme(&self, value: &str) -> bool {
        self.theme.unwrap_or("auto") == value
    }

    /// A person's hue, always the same.
    #[must_use]
    pub fn hue_class(&self, member_id: &str) -> String {
        let sum = member_id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        format!("h{}", sum % 24)
    }

    /// The first letter of a pseudonym.
    #[must_use]
    pub fn initial(&self, handle: &str) -> String {
        handle.chars().find(|c| c.is_alphanumeric()).map_or("?".to_owned(), |c| c.to_uppercase().to_string())
    }

    /// A time in words, with the exact one for machines and for the pointer.
    #[must_use]
    pub fn time(&self, at: &Option<Moment>) -> Safe<String> {
        Safe(at.map_or(String::new(), |at| {
            let (exact, whole, ago) = (at.rfc3339(), moment::whole(at), moment::ago(at, self.now));
            format!("<time datetime=\"{exact}\" title=\"{whole}\">{ago}</time>")
        }))
    }

    /// What somebody wrote, as safe HTML.
    #[must_use]
    pub fn prose(&self, text: &str) -> Safe<String> {
        Safe(markdown::render(text, &[]))
    }

    /// A post's words, as safe HTML, with mentions.
    #[must_use]
    pub fn post(&self, post: &Post) -> Safe<String> {
        Safe(markdown::render(&post.text, &post.mentioned))
    }

    /// An earlier state of a post, as safe HTML, with mentions.
    #[must_use]
    pub fn version(&self, version: &PostVersion) -> Safe<String> {
        Safe(markdown::render(&version.text, &version.mentioned))
    }

    /// The first words of a post, as people say them.
    #[must_use]
    pub fn first_words(&self, post: &Post) -> String {
        crate::text::excerpt(&markdown::words(&post.text, &post.mentioned), 180)
    }

    /// The first words of a message, as people say them.
    #[must_use]
    pub fn words(&self, text: &str) -> String {
        crate::text::excerpt(&markdown::words(text, &[]), 180)
    }

    /// The first words of a text.
    #[must_use]
    pub fn excerpt(&self, text: &str) -> String {
        crate::text::excerpt(text, 220)
    }

    /// "1 reply", "3 replies".
    #[must_use]
    pub fn count(&self, number: &u32, one: &str, many: &str) -> String {
        let unit = if *number == 1 { one } else { many };
        format!("{} {unit}", grouped(u64::from(*number)))
    }

    /// Whether this is who looks at the page.
    #[must_use]
    pub fn is_you(&self, author: &Author) -> bool {
        self.you.as_ref().is_some_and(|you| you.member_id == author.member_id)
    }
}

/// "41", "1,204", "62,310".
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Who may see a field, in words.
#[must_use]
pub const fn visibility_words(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Nobody | Visibility::Unknown => "nobody but me",
        Visibility::Matched => "only to find people like me",
        Visibility::Community => "people in my communities",
        Visibility::Tenant => "everyone here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 41, 1204, 1_000_000].map(grouped), ["0", "41", "1,204", "1,000,000"]);
    }
}
