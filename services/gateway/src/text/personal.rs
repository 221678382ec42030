//! Finds what could tell strangers how to reach somebody: e-mail addresses and telephone
//! numbers. It only ever warns; the writer decides.

use std::ops::Range;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

impl Kind {
    /// For a sentence: "This looks like ..".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a phone number",
        }
    }
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub kind: Kind,
    /// Where it stands, in bytes.
    pub place: Range<usize>,
}

/// Everything in `text` that looks personal, in order.
#[must_use]
pub fn find(text: &str) -> Vec<Finding> {
    let mut found = emails(text);
    let taken: Vec<Range<usize>> = found.iter().map(|one| one.place.clone()).collect();
    let free = |place: &Range<usize>| taken.iter().all(|other| place.end <= other.start || other.end <= place.start);
    found.extend(phones(text).into_iter().filter(|one| free(&one.place)));
    found.sort_by_key(|one| one.place.start);
    found
}

/// The text without what was found, closing the gaps.
#[must_use]
pub fn take_out(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut done = 0;
    for finding in find(text) {
        rest.push_str(&text[done..finding.place.start]);
        rest.push('…');
        done = finding.place.end;
    }
    rest.push_str(&text[done..]);
    rest
}

/// The kinds found, for one sentence: "a phone number and an e-mail address".
#[must_use]
pub fn words(found: &[Finding]) -> String {
    let mut kinds: Vec<Kind> = found.iter().map(|one| one.kind).collect();
    kinds.sort_unstable_by(|left, right| right.cmp(left));
    kinds.dedup();
    kinds.into_iter().map(Kind::words).collect::<Vec<_>>().join(" and ")
}

fn emails(text: &str) -> Vec<Finding> {
    let local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '%');
    let domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    text.match_indices('@')
        .filter_map(|(at, _)| {
            let before = text[..at].trim_end_matches(local).len();
            let rest = &text[at + 1..];
            let after = rest.find(|c| !domain(c)).unwrap_or(rest.len());
            let host = rest[..after].trim_end_matches(['.', '-']);
            let (name, ending) = host.rsplit_once('.')?;
            let real = before < at && !name.is_empty() && ending.len() >= 2 && ending.chars().all(char::is_alphabetic);
            real.then(|| Finding { kind: Kind::Email, place: before..at + 1 + host.len() })
        })
        .collect()
}

/// Seven to fifteen digits with the signs that people put between them. Dates, years,
/// doses and ranges have fewer digits or other signs, and are left alone.
fn phones(text: &str) -> Vec<Finding> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2011}');
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')) {
        let start = at + offset;
        let sign = usize::from(text[start..].starts_with('+'));
        let length = text[start + sign..].find(|c| !part(c)).unwrap_or(text.len() - start - sign);
        let run = text[start..start + sign + length].trim_end_matches(|c: char| !c.is_ascii_digit());
        if looks_like_phone(run) && !glued(text, start) {
            found.push(Finding { kind: Kind::Phone, place: start..start + run.len() });
        }
        at = start + (sign + length).max(1);
    }
    found
}

/// Inside of a word, an address or a bigger number it is something else.
fn glued(text: &str, start: usize) -> bool {
    text[..start].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '=' | '#' | '_' | '@'))
}

fn looks_like_phone(run: &str) -> bool {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let groups: Vec<&str> = run.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let longest = groups.iter().map(|group| group.len()).max().unwrap_or(0);
    let single_digits = groups.iter().filter(|group| group.len() == 1).count();
    let is_date = groups.len() == 3
        && digits == 8
        && groups.iter().any(|group| group.len() == 4 && (group.starts_with("19") || group.starts_with("20")))
        && groups.iter().filter(|group| group.len() == 2).count() == 2;
    (7..=15).contains(&digits) && longest >= 2 && groups.len() <= 8 && single_digits <= 2 && !is_date && !years(&groups)
}

/// "2019 2020 2021" or "2019-2020".
fn years(groups: &[&str]) -> bool {
    groups.iter().all(|group| group.len() == 4 && (group.starts_with("19") || group.starts_with("20")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        find(text).into_iter().map(|one| one.kind).collect()
    }

    #[test]
    fn ways_to_be_reached_are_found() {
        for phone in [
            "call 555 0134 99",
            "(415) 555-0134",
            "+49 30 1234567",
            "tel. 030/1234567.",
            "4155550134",
            "555-0134",
            "+1.415.555.0134",
            "06 12 34 56 78",
        ] {
            assert_eq!(kinds(phone), [Kind::Phone], "{phone}");
        }
        for email in ["me@mail.example", "write to a.b+c@x-y.example.org, please", "(ü@bücher.example)"] {
            assert_eq!(kinds(email), [Kind::Email], "{email}");
        }
        assert_eq!(words(&find("me@mail.example or 555 0134 99")), "a phone number and an e-mail address");
    }

    #[test]
    fn what_people_write_about_health_is_left_alone() {
        for fine in [
            "my TSH was 4.52 in 2019, 2.1 in 2021",
            "125 mg, then 150 mg",
            "on 2023-11-14 and 14.11.2023",
            "2019-2020",
            "since 1998 2004 2011",
            "at 8:14",
            "10,000 steps",
            "I am 47, she is 52",
            "@two-cups thanks",
            "a@b",
            "E06.3",
            "https://example.org/t/123456789",
            "B12 3000",
            "120/80 and 118/76",
            "1 2 3 4 5 6 7 8",
        ] {
            assert_eq!(kinds(fine), [], "{fine}");
        }
    }

    #[test]
    fn taking_it_out_leaves_the_rest_word_for_word() {
        assert_eq!(take_out("call 555 0134 99, I am home"), "call …, I am home");
        assert_eq!(take_out("nothing here"), "nothing here");
        assert!(find(&take_out("a@b.example c@d.example +49 30 1234567")).is_empty());
    }
}
