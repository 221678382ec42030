//! As much of Rust's syntax as the rules need: what is code, text or comment, and what is
//! there for tests only.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::tree::{self, File};

/// What a byte of a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Text,
    Comment,
}

/// A file taken apart. Both views have the same length, so a place in one is one in the other.
pub struct Source {
    /// Code alone: texts and comments are blank.
    pub code: String,
    /// Code and texts: comments are blank.
    pub spoken: String,
    /// Where the texts are, without their quotation marks.
    texts: Vec<(usize, usize)>,
}

impl Source {
    /// Takes a file apart and leaves out what only tests see.
    pub fn of(text: &str) -> Self {
        let mut kinds = kinds(text.as_bytes());
        for (begin, end) in test_items(&kept(text, &kinds, &[Kind::Code])) {
            kinds[begin..end].fill(Kind::Comment);
        }
        let (mut texts, mut place) = (Vec::new(), 0);
        for run in kinds.chunk_by(|one, other| one == other) {
            if run[0] == Kind::Text {
                texts.push((place, place + run.len()));
            }
            place += run.len();
        }
        let code = kept(text, &kinds, &[Kind::Code]);
        Self { code, spoken: kept(text, &kinds, &[Kind::Code, Kind::Text]), texts }
    }

    /// The texts in it, each with its line.
    pub fn texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.texts.iter().map(|(begin, end)| (line_of(&self.spoken, *begin), &self.spoken[*begin..*end]))
    }
}

/// The text with blanks in the place of all other kinds; lines stay lines.
fn kept(text: &str, kinds: &[Kind], wanted: &[Kind]) -> String {
    let bytes = text.bytes().zip(kinds);
    let kept = bytes.map(|(byte, kind)| if byte == b'\n' || wanted.contains(kind) { byte } else { b' ' });
    String::from_utf8(kept.collect()).expect("characters are kept or blanked whole")
}

/// The line of a place, from 1.
pub fn line_of(text: &str, place: usize) -> usize {
    text.as_bytes()[..place].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Quotation marks count as code, what is between them as text.
fn kinds(bytes: &[u8]) -> Vec<Kind> {
    let mut kinds = vec![Kind::Code; bytes.len()];
    let mut place = 0;
    while place < bytes.len() {
        let rest = &bytes[place..];
        let (kind, open, length, close) = if rest.starts_with(b"//") {
            (Kind::Comment, 0, rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()), 0)
        } else if rest.starts_with(b"/*") {
            (Kind::Comment, 0, block_comment(rest), 0)
        } else if let Some((open, length)) = raw_text(bytes, place) {
            (Kind::Text, open, length, open - 1)
        } else if rest[0] == b'"' {
            (Kind::Text, 1, text_length(rest, b'"'), 1)
        } else if rest[0] == b'\'' && is_character(rest) {
            (Kind::Text, 1, text_length(rest, b'\''), 1)
        } else {
            place += 1;
            continue;
        };
        let end = (place + open + length).min(bytes.len());
        kinds[place + open..end].fill(kind);
        place = end + close;
    }
    kinds
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut place) = (0, 0);
    while place < rest.len() {
        match &rest[place..] {
            [b'/', b'*', ..] => (depth, place) = (depth + 1, place + 2),
            [b'*', b'/', ..] => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
        if depth == 0 {
            break;
        }
    }
    place
}

/// Length of the opening and of what is inside of `r"…"`, `r#"…"#`, `br"…"`.
fn raw_text(bytes: &[u8], place: usize) -> Option<(usize, usize)> {
    let inside_a_word = place > 0 && (bytes[place - 1].is_ascii_alphanumeric() || bytes[place - 1] == b'_');
    let rest = &bytes[place..];
    if inside_a_word || rest[0] != b'r' {
        return None;
    }
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    let open = 2 + hashes;
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let inside = rest[open..].windows(close.len()).position(|window| window == close);
    Some((open, inside.unwrap_or(rest.len() - open)))
}

/// Length of what stands between two marks, escapes included.
fn text_length(rest: &[u8], mark: u8) -> usize {
    let mut place = 1;
    while place < rest.len() && rest[place] != mark {
        place += if rest[place] == b'\\' { 2 } else { 1 };
    }
    place - 1
}

/// `'a'` or `'\n'`, not the lifetime `'a`.
fn is_character(rest: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(&rest[1..rest.len().min(12)])
        .or_else(|error| std::str::from_utf8(&rest[1..=error.valid_up_to()]))
    else {
        return false;
    };
    let mut characters = text.chars();
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

/// What follows `#[cfg(test)]`, up to its end.
fn test_items(code: &str) -> Vec<(usize, usize)> {
    code.match_indices("#[cfg(test)]").map(|(begin, _)| (begin, item_end(code, begin))).collect()
}

fn item_end(code: &str, begin: usize) -> usize {
    let mut depth = 0_i32;
    // Attributes of the item are in brackets, which never hold what ends it.
    let mut brackets = 0_i32;
    for (offset, byte) in code[begin..].bytes().enumerate() {
        match byte {
            b'[' => brackets += 1,
            b']' => brackets -= 1,
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return begin + offset + 1;
                }
            }
            b';' if depth == 0 && brackets == 0 => return begin + offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// Folders and files that only tests see, by what the modules above them say.
static FOR_TESTS: LazyLock<HashSet<String>> = LazyLock::new(|| tree::rust().flat_map(modules_for_tests).collect());

fn modules_for_tests(file: &File) -> Vec<String> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let stem = file.path.trim_end_matches(".rs");
    let is_root = ["lib", "main", "build"].iter().any(|root| stem.ends_with(&format!("/{root}")));
    let below = if is_root { folder } else { stem };
    // Only the first words of the item matter, and they are code.
    let code = kept(&file.text, &kinds(file.text.as_bytes()), &[Kind::Code]);
    let items = test_items(&code).into_iter().map(|(begin, end)| code[begin..end].to_owned());
    let names = items.filter_map(|item| {
        let module = item.strip_suffix(';')?.rsplit_once("mod ")?.1.trim().to_owned();
        Some(format!("{below}/{module}"))
    });
    names.collect()
}

/// Whether a file is there for tests and measurements only.
pub fn is_for_tests(path: &str) -> bool {
    let outside = ["tests/", "crates/testkit/"].iter().any(|folder| path.starts_with(folder));
    let beside = ["/tests/", "/examples/", "/benches/"].iter().any(|folder| path.contains(folder));
    let stem = path.trim_end_matches(".rs");
    let declared =
        stem.match_indices('/').map(|(end, _)| &stem[..end]).chain([stem]).any(|part| FOR_TESTS.contains(part));
    outside || beside || declared
}

/// Files of Rust that go into the product, taken apart.
pub fn product() -> impl Iterator<Item = (&'static File, Source)> {
    tree::rust().filter(|file| !is_for_tests(&file.path)).map(|file| (file, Source::of(&file.text)))
}

#[test]
fn code_texts_and_comments_are_told_apart() {
    let text = "let a = \"x // y\"; // \"no\"\nlet b: &'static str = r#\"SELECT \"q\"\"#; /* /* { */ */ let c = '\"';\n#[cfg(test)]\nmod t { fn f() { sqlx(); } }\nfn g() {}";
    let source = Source::of(text);
    assert_eq!(source.code.len(), text.len());
    assert!(!source.code.contains("//") && !source.code.contains("SELECT") && !source.code.contains("sqlx"));
    assert!(
        source.code.contains("let b: &'static str")
            && source.code.contains("let c")
            && source.code.contains("fn g() {}")
    );
    let texts: Vec<(usize, &str)> = source.texts().collect();
    assert_eq!(texts, [(1, "x // y"), (2, "SELECT \"q\""), (2, "\"")]);
}

#[test]
fn modules_of_tests_are_found_by_their_declaration() {
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let found = |path, text| modules_for_tests(&file(path, text));
    assert_eq!(found("a/src/domain.rs", "#[cfg(test)]\npub(crate) mod samples;\nmod b;"), ["a/src/domain/samples"]);
    assert_eq!(found("a/src/lib.rs", "#[cfg(test)]\nmod testing;"), ["a/src/testing"]);
    assert!(found("a/src/lib.rs", "#[cfg(test)]\nmod tests { mod inner; }").is_empty());
}
