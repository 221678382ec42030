//! Mentions in a text: `@handle` as people type it, `@{member id}` as it is kept.
//!
//! Somebody's handle in somebody else's text is a reference, so that it goes when its
//! owner is erased and follows when they take another one.

use std::collections::HashMap;
use std::ops::Range;

use kindred_ids::MemberId;

/// What stands at one place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// `@handle`, in lower case.
    Handle(String),
    /// `@{member id}`, as a text reads that was fetched and is sent back.
    Reference(MemberId),
}

/// Every place of a text that may mention somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions(Vec<(Range<usize>, Found)>);

impl Mentions {
    /// Finds all places; an e-mail address or a path holds none.
    #[must_use]
    pub fn find(text: &str) -> Self {
        let mut found = Vec::new();
        for (at, _) in text.match_indices('@') {
            if text[..at].chars().next_back().is_some_and(joins) {
                continue;
            }
            let rest = &text[at + 1..];
            if let Some((length, what)) = reference(rest).or_else(|| handle(rest)) {
                found.push((at..at + 1 + length, what));
            }
        }
        Self(found)
    }

    /// The distinct handles, in lower case.
    #[must_use]
    pub fn handles(&self) -> Vec<String> {
        let mut handles: Vec<String> = Vec::new();
        for (_, found) in &self.0 {
            if let Found::Handle(handle) = found
                && !handles.contains(handle)
            {
                handles.push(handle.clone());
            }
        }
        handles
    }

    /// The text without any of them.
    #[must_use]
    pub fn left_out_of(&self, text: &str) -> String {
        let (mut rest, mut done) = (String::with_capacity(text.len()), 0);
        for (range, _) in &self.0 {
            rest.push_str(&text[done..range.start]);
            done = range.end;
        }
        rest.push_str(&text[done..]);
        rest
    }

    /// The text with each known handle as a reference, and whom it mentions. A reference
    /// counts only if it stood in the text before (`kept`): nobody types one.
    #[must_use]
    pub fn rewrite(&self, text: &str, known: &HashMap<String, MemberId>, kept: &[MemberId]) -> (String, Vec<MemberId>) {
        let mut rewritten = String::with_capacity(text.len());
        let mut mentioned: Vec<MemberId> = Vec::new();
        let mut done = 0;
        for (range, found) in &self.0 {
            let member = match found {
                Found::Handle(handle) => known.get(handle).copied(),
                Found::Reference(member) => kept.contains(member).then_some(*member),
            };
            let Some(member) = member else { continue };
            rewritten.push_str(&text[done..range.start]);
            rewritten.push_str(&format!("@{{{member}}}"));
            done = range.end;
            if !mentioned.contains(&member) {
                mentioned.push(member);
            }
        }
        rewritten.push_str(&text[done..]);
        (rewritten, mentioned)
    }
}

/// Whether an `@` behind this character is part of something else.
fn joins(before: char) -> bool {
    before.is_alphanumeric() || matches!(before, '@' | '.' | '-' | '_' | '/' | '+')
}

/// `{id}` and its length.
fn reference(rest: &str) -> Option<(usize, Found)> {
    let inner = rest.strip_prefix('{')?.split_once('}')?.0;
    Some((inner.len() + 2, Found::Reference(inner.parse().ok()?)))
}

/// A handle and its length: letters, digits and single hyphens, 3 to 30 of them.
fn handle(rest: &str) -> Option<(usize, Found)> {
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let run = &rest[..rest.find(|character| !plain(character)).unwrap_or(rest.len())];
    let handle = run.trim_end_matches('-');
    let follows = rest[run.len()..].chars().next();
    // `@name_` or `@müller` is no handle of this platform, and its start is nobody's.
    let cut = follows.is_some_and(|next| next.is_alphanumeric() || next == '_' || next == '@');
    let fits = !cut && (3..=30).contains(&handle.len()) && !handle.starts_with('-') && !handle.contains("--");
    fits.then(|| (handle.len(), Found::Handle(handle.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::member;

    fn known(handles: &[(&str, u8)]) -> HashMap<String, MemberId> {
        handles.iter().map(|(handle, seed)| ((*handle).to_owned(), member(*seed))).collect()
    }

    fn rewritten(text: &str) -> (String, Vec<MemberId>) {
        Mentions::find(text).rewrite(text, &known(&[("ann", 1), ("river-song", 2)]), &[member(3)])
    }

    #[test]
    fn known_handles_become_references_without_regard_to_case() {
        let (text, mentioned) = rewritten("Hi @Ann, ask (@river-song). @ann!");
        let (ann, song) = (member(1), member(2));
        assert_eq!(text, format!("Hi @{{{ann}}}, ask (@{{{song}}}). @{{{ann}}}!"));
        assert_eq!(mentioned, [ann, song]);
    }

    #[test]
    fn other_uses_of_the_sign_stay_as_they_are() {
        for text in ["a@ann.org", "@@ann", "x/@ann", "@nobody", "@an", "@ann_b", "@ännchen", "@{ann}", "@", "at @ ann"]
        {
            assert_eq!(rewritten(text), (text.to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn punctuation_behind_a_handle_is_not_part_of_it() {
        for (text, rest) in [("@ann.", "."), ("@ann-", "-"), ("@ann's", "'s"), ("@ann\n", "\n"), ("@ann…", "…")] {
            assert_eq!(rewritten(text).0, format!("@{{{}}}{rest}", member(1)), "{text}");
        }
    }

    #[test]
    fn a_reference_counts_only_where_it_stood_before() {
        let text = format!("@{{{}}} and @{{{}}}", member(3), member(1));
        assert_eq!(rewritten(&text), (text.clone(), vec![member(3)]));
    }

    #[test]
    fn handles_are_asked_for_once_each() {
        assert_eq!(Mentions::find("@ann @ANN @river-song").handles(), ["ann", "river-song"]);
    }
}
