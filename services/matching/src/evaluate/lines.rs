//! Lines of a file, each with its number.

use std::io::BufRead;

use super::{EvaluateError, Source};

/// The longest line, in bytes.
const LONGEST: u64 = 16 << 20;

/// Reads a file line by line.
pub(super) struct Lines<'a> {
    file: &'static str,
    source: Source<'a>,
    number: usize,
    line: String,
}

impl<'a> Lines<'a> {
    pub(super) fn of(file: &'static str, source: Source<'a>) -> Self {
        Self { file, source, number: 0, line: String::new() }
    }

    /// The next line that is not blank; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<&str>, EvaluateError> {
        loop {
            self.line.clear();
            self.number += 1;
            let read = std::io::Read::take(&mut self.source, LONGEST).read_line(&mut self.line);
            match read {
                Ok(0) => return Ok(None),
                Ok(read) if read as u64 == LONGEST => return Err(self.wrong(format!("longer than {LONGEST} bytes"))),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    return Err(self.wrong("not UTF-8 text, or a file packed otherwise than by gzip"));
                }
                Err(source) => return Err(EvaluateError::Read { file: self.file, source }),
            }
            if !self.line.trim().is_empty() {
                break;
            }
        }
        Ok(Some(self.line.trim_end_matches(['\r', '\n'])))
    }

    /// The next line's fields, `N` of them, none empty.
    pub(super) fn fields<const N: usize>(&mut self) -> Result<Option<[String; N]>, EvaluateError> {
        let Some(line) = self.next()? else { return Ok(None) };
        let fields: Vec<String> = line.split('\t').map(|field| field.trim().to_owned()).collect();
        let count = fields.len();
        match <[String; N]>::try_from(fields) {
            Ok(fields) if fields.iter().all(|field| !field.is_empty()) => Ok(Some(fields)),
            Ok(_) => Err(self.wrong("a field is empty")),
            Err(_) => Err(self.wrong(format!("{N} fields with tabs between them are wanted, {count} are there"))),
        }
    }

    /// What is wrong with the line that was read last.
    pub(super) fn wrong(&self, reason: impl Into<String>) -> EvaluateError {
        EvaluateError::Line { file: self.file, line: self.number, reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let mut lines = Lines::of("train", Box::new(text.as_bytes()));
        loop {
            match lines.fields::<2>() {
                Ok(Some(_)) => {}
                Ok(None) => return String::new(),
                Err(error) => return error.to_string(),
            }
        }
    }

    #[test]
    fn a_line_that_does_not_hold_is_named() {
        assert_eq!(error("a\tb\n\nc\td\r\n"), "");
        assert_eq!(error("a\tb\n\nc"), "train, line 3: 2 fields with tabs between them are wanted, 1 are there");
        assert_eq!(error("a\t \n"), "train, line 1: a field is empty");
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let mut lines = Lines::of("train", Box::new(&b"a\tb\n\x1f\x8b\xff\n"[..]));
        assert!(lines.fields::<2>().expect("two fields").is_some());
        assert!(lines.fields::<2>().expect_err("no text").to_string().starts_with("train, line 2: not UTF-8"));
    }
}
