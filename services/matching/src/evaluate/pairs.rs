//! How near the two texts of a line are in meaning: lines of `text<TAB>text`.

use std::io::Write;

use kindred_sentences::{Encoder, similarity};

use super::lines::Lines;
use super::{EvaluateError, Source};

/// Writes one likeness for each line, in their order: about 1 for the same meaning, about 0
/// for unrelated texts.
///
/// # Errors
///
/// [`EvaluateError`], before anything is written if it is a line's.
pub fn pairs(train: Source<'_>, encoder: &Encoder, out: &mut dyn Write) -> Result<(), EvaluateError> {
    let (mut pairs, mut lines) = (Vec::new(), Lines::of("train", train));
    while let Some(texts) = lines.fields::<2>()? {
        pairs.push(texts);
    }
    for (number, [one, other]) in pairs.iter().enumerate() {
        let vectors = encoder.encode(&[one, other]);
        let vectors = vectors.map_err(|source| EvaluateError::Encode { pair: number + 1, source })?;
        writeln!(out, "{}", similarity(&vectors[0], &vectors[1]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kindred_sentences::tiny;

    use super::*;

    fn answered(text: &str) -> Result<String, String> {
        let folder = std::env::temp_dir().join(format!("kindred-pairs-{}-{}", text.len(), std::process::id()));
        tiny::write(&folder, &["tired", "work", "soup", "dose"], 3).expect("a model");
        let encoder = Encoder::load(&folder).expect("loaded");
        std::fs::remove_dir_all(folder).expect("gone");
        let mut out = Vec::new();
        pairs(Box::new(text.as_bytes()), &encoder, &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn each_line_gets_one_likeness_in_its_place() {
        let answer = answered("tired work\tWork, tired\nsoup\tdose work\n\nsoup\tsoup\n").expect("answered");
        let near: Vec<f64> = answer.lines().map(|line| line.parse().expect("a number")).collect();
        assert_eq!(near.len(), 3, "{answer}");
        assert!(near[0] > near[1] + 0.1 && near[2] > 0.98, "{answer}");
        assert_eq!(answered("").expect("nothing asked"), "");
    }

    #[test]
    fn what_does_not_hold_is_named() {
        for (text, line) in [("one text\n", 1), ("a\tb\nc\t \n", 2), ("a\tb\tc\n", 1)] {
            let error = answered(text).expect_err("refused");
            assert!(error.starts_with(&format!("train, line {line}:")), "{text:?}: {error}");
        }
    }
}
