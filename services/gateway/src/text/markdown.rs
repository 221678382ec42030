//! A little Markdown into safe HTML.
//!
//! # Promises
//!
//! * Nothing that a person wrote becomes an element or attribute of their choosing: raw
//!   HTML stays text, and whatever is made passes an allow-list.
//! * Links go to http, https or mail only, and say that nobody here vouches for them.
//! * A line break stays a line break; headings, images, tables and rules are just text.
//! * Nesting ends at [`DEEPEST`]: the time to render a text grows with its length alone.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd, html};

use crate::model::Author;
use crate::text::mention::{self, Stretch};

/// Nobody here vouches for a link, and where it leads learns nothing.
const REL: &str = "nofollow ugc noopener noreferrer";

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(["p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a"]))
        .tag_attributes([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))].into())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .generic_attributes(HashSet::new())
        .link_rel(Some(REL));
    builder
});

/// How deep quotes, lists and stress may stand in one another; what is deeper stands on
/// that level. An HTML parser walks the open elements again and again, so that the time
/// for a text nested without end would grow with its square.
const DEEPEST: usize = 12;

/// The text as HTML. `mentioned` are the people behind its mentions.
#[must_use]
pub fn render(text: &str, mentioned: &[Author]) -> String {
    let own = OwnLinks::new();
    let mut events = Vec::new();
    let (mut inside_link, mut depth) = (false, 0);
    for event in Parser::new_ext(text, Options::empty()).filter(|event| is_shallow(event, &mut depth)) {
        plain(event, mentioned, &own, &mut inside_link, &mut events);
    }
    let mut made = String::with_capacity(text.len() * 5 / 4);
    html::push_html(&mut made, events.into_iter());
    own.put_back(&CLEANER.clean(&made).to_string())
}

/// The words alone, in one line, mentions as people say them.
#[must_use]
pub fn words(text: &str, mentioned: &[Author]) -> String {
    let mut words = String::with_capacity(text.len());
    for event in Parser::new_ext(text, Options::empty()) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                words.push_str(&mention::spoken(&text, mentioned));
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                words.push(' ');
            }
            _ => {}
        }
    }
    words
}

/// Links to members while the allow-list passes: it takes no relative address, so that
/// nobody leads into this site in disguise. Ours bear a mark that cannot be guessed.
struct OwnLinks(String);

impl OwnLinks {
    fn new() -> Self {
        Self(format!("https://{}.invalid/", URL_SAFE_NO_PAD.encode(crate::gateway::random()).to_lowercase()))
    }

    fn to(&self, member_id: &str) -> String {
        format!("{}{member_id}", self.0)
    }

    /// They need no warning to robots and stay on this site.
    fn put_back(&self, clean: &str) -> String {
        let begin = format!("<a href=\"{}", self.0);
        let mut parts = clean.split(begin.as_str());
        let mut html = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            html.push_str("<a href=\"/members/");
            html.push_str(&part.replacen(&format!(" rel=\"{REL}\""), "", 1));
        }
        html
    }
}

/// Whether an event stands no deeper than [`DEEPEST`], or nests nothing.
fn is_shallow(event: &Event<'_>, depth: &mut usize) -> bool {
    match event {
        Event::Start(_) => {
            *depth += 1;
            *depth <= DEEPEST
        }
        Event::End(_) => {
            *depth -= 1;
            *depth < DEEPEST
        }
        _ => true,
    }
}

/// Keeps what people need in a conversation; everything else becomes its text.
fn plain<'a>(
    event: Event<'a>,
    mentioned: &[Author],
    own: &OwnLinks,
    inside_link: &mut bool,
    into: &mut Vec<Event<'a>>,
) {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => into.push(Event::Text(raw)),
        Event::SoftBreak => into.push(Event::HardBreak),
        Event::Start(Tag::Heading { .. }) => into.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]),
        Event::End(TagEnd::Heading(_)) => into.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]),
        Event::Start(Tag::HtmlBlock) => into.push(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => into.push(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
        Event::Rule => into.push(Event::Text("———".into())),
        Event::Text(text) if *inside_link => into.push(Event::Text(mention::spoken(&text, mentioned).into())),
        Event::Text(text) => linked(&text, mentioned, own, into),
        Event::Code(text) => into.push(Event::Code(mention::spoken(&text, mentioned).into())),
        other => {
            match &other {
                Event::Start(Tag::Link { .. }) => *inside_link = true,
                Event::End(TagEnd::Link) => *inside_link = false,
                _ => {}
            }
            into.push(other);
        }
    }
}

/// Makes links of mentions and of bare addresses.
fn linked<'a>(text: &str, mentioned: &[Author], own: &OwnLinks, into: &mut Vec<Event<'a>>) {
    for stretch in mention::stretches(text) {
        match stretch {
            Stretch::Words(words) => addresses(words, into),
            Stretch::Member(id) => match mention::handle(id, mentioned) {
                Some(author) => link(own.to(id), format!("@{}", author.handle), into),
                None => into.push(Event::Text("a former member".into())),
            },
        }
    }
}

fn link<'a>(target: String, shown: String, into: &mut Vec<Event<'a>>) {
    let (link_type, dest_url) = (LinkType::Inline, target.into());
    into.push(Event::Start(Tag::Link { link_type, dest_url, title: "".into(), id: "".into() }));
    into.push(Event::Text(shown.into()));
    into.push(Event::End(TagEnd::Link));
}

/// Makes links of bare addresses.
fn addresses<'a>(text: &str, into: &mut Vec<Event<'a>>) {
    let mut rest = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        match address(word) {
            None => rest.push_str(word),
            Some((before, shown, after)) => {
                rest.push_str(before);
                into.push(Event::Text(std::mem::take(&mut rest).into()));
                link(shown.to_owned(), shown.to_owned(), into);
                rest.push_str(after);
            }
        }
    }
    into.push(Event::Text(rest.into()));
}

/// What stands before an address in a word, the address, what stands after it.
fn address(word: &str) -> Option<(&str, &str, &str)> {
    let start = word.find("https://").or_else(|| word.find("http://"))?;
    let (before, rest) = word.split_at(start);
    let outside = |c: char| c.is_whitespace() || ".,;:!?)]\"'”’".contains(c);
    let shown = rest.trim_end_matches(outside);
    (shown.len() > "https://".len()).then(|| (before, shown, &rest[shown.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::MemberState;

    fn shown(text: &str) -> String {
        render(text, &[]).trim().to_owned()
    }

    #[test]
    fn what_people_use_in_a_conversation_is_rendered() {
        assert_eq!(shown("one\ntwo\n\n**three**"), "<p>one<br>\ntwo</p>\n<p><strong>three</strong></p>");
        assert_eq!(shown("# loud"), "<p><strong>loud</strong></p>");
        assert_eq!(shown("> said"), "<blockquote>\n<p>said</p>\n</blockquote>");
        assert_eq!(shown("5 < 6 & 7"), "<p>5 &lt; 6 &amp; 7</p>");
    }

    #[test]
    fn links_vouch_for_nothing_and_keep_their_punctuation_outside() {
        let rel = "rel=\"nofollow ugc noopener noreferrer\"";
        assert_eq!(
            shown("see https://a.example/b?c=d, or (https://e.example)."),
            format!(
                "<p>see <a href=\"https://a.example/b?c=d\" {rel}>https://a.example/b?c=d</a>, \
                 or (<a href=\"https://e.example\" {rel}>https://e.example</a>).</p>"
            )
        );
        assert!(!shown("[x](javascript:alert(1))").contains("javascript"));
    }

    #[test]
    fn a_mention_leads_to_its_member() {
        let id = "0e000002000080008000000000000000";
        let handle = "two-cups".to_owned();
        let author = Author { member_id: id.to_owned(), handle, state: MemberState::Active, is_you: false };
        let html = render(&format!("thanks @{{{id}}}! @nobody `@{{{id}}}`"), &[author]);
        let expected = format!("<p>thanks <a href=\"/members/{id}\">@two-cups</a>! @nobody <code>@two-cups</code></p>");
        assert_eq!(html.trim(), expected);
        assert_eq!(shown(&format!("@{{{id}}}")), "<p>a former member</p>");
    }

    #[test]
    fn nobody_writes_a_link_that_looks_like_a_mention() {
        for text in ["https://member.invalid/x", "[@two-cups](https://member.invalid/../sign-out)"] {
            assert!(!shown(text).contains("href=\"/members/"), "{text}: {}", shown(text));
        }
    }

    #[test]
    fn markup_stays_text() {
        for evil in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "![x](x\" onerror=\"alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "<svg/onload=alert(1)>",
            "`<b>`\n\n    <script>x</script>",
            "<!--<img src=x onerror=alert(1)>-->",
        ] {
            let html = shown(evil).to_lowercase();
            for bad in ["<script", "<img", "<svg", "<!--", "<a href=\"javascript", "<a href=\"data", "<a onerror"] {
                assert!(!html.contains(bad), "{evil:?} gave {html}");
            }
        }
    }

    #[test]
    fn the_words_alone_have_no_marks() {
        let text = "**One**\ntwo\n\n* three\n* `four`\n\n> [five](https://a.example)";
        assert_eq!(crate::text::excerpt(&words(text, &[]), 100), "One two three four five");
    }

    #[test]
    fn deep_nesting_ends() {
        for deep in [">".repeat(20_000), "[".repeat(20_000), "*a ".repeat(7_000), "- ".repeat(10_000)] {
            assert!(render(&deep, &[]).len() < 100_000, "{}", &deep[..3]);
        }
    }

    #[test]
    fn what_is_too_deep_stands_on_the_deepest_level() {
        let html = render(&format!("{} deep\n\nflat", ">".repeat(DEEPEST + 5)), &[]);
        assert_eq!(html.matches("<blockquote>").count(), DEEPEST, "{html}");
        assert_eq!(html.matches("</blockquote>").count(), DEEPEST, "{html}");
        assert!(html.contains("deep") && html.ends_with("<p>flat</p>\n"), "{html}");
    }
}
