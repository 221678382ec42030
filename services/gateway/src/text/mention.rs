//! Mentions: in what was written they stand as `@{member id}`, so that they follow a
//! person who is renamed or leaves; people see and type `@handle`.

use crate::model::Author;

/// A stretch of text: words, or somebody who is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch<'t> {
    /// Words as they stand.
    Words(&'t str),
    /// The id of somebody who is mentioned.
    Member(&'t str),
}

/// The text in stretches.
#[must_use]
pub fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut all = Vec::new();
    let (mut words_from, mut at) = (0, 0);
    while let Some(start) = text[at..].find("@{").map(|found| at + found) {
        match member(&text[start + 2..]) {
            None => at = start + 2,
            Some(id) => {
                if start > words_from {
                    all.push(Stretch::Words(&text[words_from..start]));
                }
                all.push(Stretch::Member(id));
                at = start + 2 + id.len() + 1;
                words_from = at;
            }
        }
    }
    if words_from < text.len() {
        all.push(Stretch::Words(&text[words_from..]));
    }
    all
}

/// The id at the start of `rest`, if a closing brace follows it.
fn member(rest: &str) -> Option<&str> {
    let id = rest.split_once('}')?.0;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

/// Whom a text mentions.
pub fn ids(text: &str) -> impl Iterator<Item = &str> {
    stretches(text).into_iter().filter_map(|stretch| match stretch {
        Stretch::Member(id) => Some(id),
        Stretch::Words(_) => None,
    })
}

/// The pseudonym behind an id, if there still is one.
#[must_use]
pub fn handle<'a>(id: &str, mentioned: &'a [Author]) -> Option<&'a Author> {
    mentioned.iter().find(|author| author.member_id == id && author.state != crate::wire::MemberState::Erased)
}

/// The text as people say it: `@handle`, or "a former member".
#[must_use]
pub fn spoken(text: &str, mentioned: &[Author]) -> String {
    stretches(text)
        .into_iter()
        .map(|stretch| match stretch {
            Stretch::Words(words) => words.to_owned(),
            Stretch::Member(id) => handle(id, mentioned)
                .map_or_else(|| "a former member".to_owned(), |author| format!("@{}", author.handle)),
        })
        .collect()
}

/// The text as its author changes it: `@handle` where that leads back to the same person,
/// the mention as it stands where nobody bears it any more.
#[must_use]
pub fn typed(text: &str, mentioned: &[Author]) -> String {
    stretches(text)
        .into_iter()
        .map(|stretch| match stretch {
            Stretch::Words(words) => words.to_owned(),
            Stretch::Member(id) => {
                handle(id, mentioned).map_or_else(|| format!("@{{{id}}}"), |author| format!("@{}", author.handle))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::MemberState;

    const ID: &str = "0e000002000080008000000000000000";

    fn author() -> Vec<Author> {
        let handle = "two-cups".to_owned();
        vec![Author { member_id: ID.to_owned(), handle, state: MemberState::Active, is_you: false }]
    }

    #[test]
    fn a_mention_is_found_wherever_it_stands() {
        let text = format!("(@{{{ID}}}) and @{{nobody}} @{{{ID}}}!");
        assert_eq!(ids(&text).collect::<Vec<_>>(), [ID, ID]);
        assert_eq!(spoken(&text, &author()), "(@two-cups) and @{nobody} @two-cups!");
        assert_eq!(spoken(&text, &[]), "(a former member) and @{nobody} a former member!");
        assert_eq!(typed(&text, &[]), text);
    }

    #[test]
    fn broken_mentions_are_words() {
        for text in ["@{", "@{}", "@{é}", "a@{b", "@{@{", &format!("@{{{ID}"), "", "@@{{}}"] {
            assert_eq!(ids(text).count(), 0, "{text}");
            assert_eq!(spoken(text, &author()), text);
        }
    }
}
