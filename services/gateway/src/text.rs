//! What people wrote, made safe and readable; what time it is in words.

pub mod markdown;
pub mod mention;
pub mod moment;
pub mod personal;

/// Text as a form sends it: browsers end lines with CRLF, the contract with LF alone.
#[must_use]
pub fn of_form(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// As [`of_form`], without blanks at either end; for names and titles.
#[must_use]
pub fn line(text: &str) -> String {
    text.trim().to_owned()
}

/// The first words of a text, whole, at most `most` characters.
#[must_use]
pub fn excerpt(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= most {
        return flat;
    }
    let cut: String = flat.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole.trim_end_matches(['.', ',', ';', ':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_with_a_whole_word() {
        assert_eq!(excerpt("one  two\nthree", 20), "one two three");
        assert_eq!(excerpt("one two, three", 10), "one two…");
        assert_eq!(excerpt("ééééééé", 3), "ééé…");
    }

    #[test]
    fn lines_end_the_contracts_way() {
        assert_eq!(of_form("a\r\nb\rc\n"), "a\nb\nc\n");
    }
}
