//! What somebody is about to ask, as far as it is typed.

use kindred_ids::CommunityId;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{self, bounded_line, bounded_text};

use super::draft::{LONGEST_TEXT, LONGEST_TITLE, line_feeds};
use super::opening;

/// How much of it is looked for, in characters.
const LOOKED_FOR: usize = 600;

/// See the module.
#[derive(Debug)]
pub struct Question {
    /// Where it would be asked.
    pub community: CommunityId,
    /// How many threads are wanted.
    pub(super) most: usize,
    title: String,
    text: String,
}

impl Question {
    /// Reads a title and a text of which one may still be empty, and how many threads are
    /// wanted: 5 for 0, at most 10.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` naming the field.
    pub fn read(community: CommunityId, title: &str, text: &str, most: u32) -> Result<Self, ApiError> {
        let (title, text) = (title.trim(), line_feeds(text.trim()));
        if title.is_empty() && text.is_empty() {
            return Err(ApiError::invalid("title", "TEXT_EMPTY", "`title` and `text` are both empty"));
        }
        if !title.is_empty() {
            bounded_line("title", title, LONGEST_TITLE)?;
        }
        if !text.is_empty() {
            bounded_text("text", &text, LONGEST_TEXT)?;
        }
        let most = input::page_size("limit", most, 5, 10)? as usize;
        Ok(Self { community, most, title: opening(title, LOOKED_FOR), text: opening(&text, LOOKED_FOR) })
    }

    /// All that is looked for by words.
    pub(super) fn words(&self) -> String {
        opening(&format!("{} {}", self.title, self.text), LOOKED_FOR)
    }

    /// What is looked for by meaning, each for itself: a title says in one line what a text
    /// tells at length.
    pub(super) fn meanings(&self) -> Vec<String> {
        [&self.title, &self.text].into_iter().filter(|text| !text.trim().is_empty()).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use kindred_ids::{CommandId, derive_root_id};

    use super::*;

    fn read(title: &str, text: &str, most: u32) -> Result<Question, ApiError> {
        let community = derive_root_id("riverside", "anonymous", CommandId::derived(&[b"c"]), "community", 0);
        Question::read(CommunityId(community), title, text, most)
    }

    #[track_caller]
    fn refused(result: Result<Question, ApiError>, field: &str, reason: &str) {
        let error = result.expect_err("refused");
        assert_eq!((error.field(), error.reason()), (Some(field), reason));
    }

    #[test]
    fn a_question_has_the_bounds_of_a_thread_but_may_be_half_typed() {
        refused(read(" ", "\n", 0), "title", "TEXT_EMPTY");
        refused(read(&"a".repeat(161), "", 0), "title", "TEXT_TOO_LONG");
        refused(read("two\nlines", "", 0), "title", "TEXT_NOT_ONE_LINE");
        refused(read("", &"a".repeat(20_001), 0), "text", "TEXT_TOO_LONG");
        refused(read("", "bell \u{7}", 0), "text", "TEXT_CONTROL_CHARACTER");
        refused(read("a", "", 11), "limit", "PAGE_TOO_LARGE");
        assert_eq!(read("a", "", 0).expect("typed").most, 5);
    }

    #[test]
    fn each_part_is_looked_for_by_itself_and_mentions_by_nobody() {
        let question = read("Tired", &format!("@ann {}", "x".repeat(700)), 10).expect("typed");
        assert_eq!(question.meanings().len(), 2);
        assert_eq!(question.words().chars().count(), LOOKED_FOR);
        assert!(question.words().starts_with("Tired  x"), "{}", question.words());
        assert_eq!(read("", "only a text", 1).expect("typed").meanings(), ["only a text"]);
    }
}
