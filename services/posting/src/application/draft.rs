//! What somebody typed: read, bounded, and made ready to be sealed.

use std::borrow::Cow;
use std::collections::HashMap;

use kindred_eventsourcing::Sealed;
use kindred_ids::MemberId;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{bounded_line, bounded_text};
use kindred_vault::Sealer;

use super::mention::Mentions;
use super::{Place, field};

/// Longest text, in characters.
pub const LONGEST_TEXT: usize = 20_000;
/// Longest title, in characters.
pub const LONGEST_TITLE: usize = 160;
/// Shortest title, in characters.
pub const SHORTEST_TITLE: usize = 3;
/// Longest reason of a moderator, in characters.
pub const LONGEST_REASON: usize = 1_000;
/// Longest message, in characters.
pub const LONGEST_MESSAGE: usize = 5_000;
/// How many members one text may mention.
pub const MOST_MENTIONS: usize = 20;

/// A text as it was typed, within its bounds.
#[derive(Debug, Clone)]
pub struct Draft {
    typed: String,
    mentions: Mentions,
}

/// A text ready for the log.
pub(super) struct Written {
    /// As typed: what tells a resent command from another one.
    pub typed: Sealed,
    /// With each mention as a reference.
    pub text: Sealed,
    /// Whom it mentions.
    pub mentions: Vec<MemberId>,
}

impl Draft {
    /// Reads the text of a post.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `text` if it is empty, too long, holds a control character
    /// or mentions too many people.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let typed = bounded_text("text", &line_feeds(text), LONGEST_TEXT)?.to_owned();
        let mentions = Mentions::find(&typed);
        let count = mentions.handles().len();
        if count > MOST_MENTIONS {
            let message = format!("`text` mentions {count} people, at most {MOST_MENTIONS} may be");
            return Err(ApiError::invalid("text", "TOO_MANY_MENTIONS", message));
        }
        Ok(Self { typed, mentions })
    }

    /// The handles to resolve.
    pub(super) fn handles(&self) -> Vec<String> {
        self.mentions.handles()
    }

    /// Seals the text under its author's key.
    pub(super) fn seal(
        &self,
        sealer: &Sealer,
        place: &Place<'_>,
        known: &HashMap<String, MemberId>,
        kept: &[MemberId],
    ) -> Result<Written, ApiError> {
        let (text, mentions) = self.mentions.rewrite(&self.typed, known, kept);
        let typed = place.seal(sealer, field::TEXT, &self.typed)?;
        let text = if text == self.typed { typed.clone() } else { place.seal(sealer, field::TEXT, &text)? };
        Ok(Written { typed, text, mentions })
    }
}

/// Reads a thread's title.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on `title` if it is too short, too long or not one plain line.
pub fn title(text: &str) -> Result<String, ApiError> {
    let text = bounded_line("title", text, LONGEST_TITLE)?;
    if text.trim().chars().count() < SHORTEST_TITLE {
        let message = format!("`title` is shorter than {SHORTEST_TITLE} characters");
        return Err(ApiError::invalid("title", "TEXT_TOO_SHORT", message));
    }
    Ok(text.to_owned())
}

/// Reads a moderator's reason; none if there is none.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on `reason` if it is blank, too long or holds a control character.
pub fn reason(text: &str) -> Result<Option<String>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(bounded_text("reason", &line_feeds(text), LONGEST_REASON)?.to_owned()))
}

/// Reads the text of a message.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on `text` if it is empty, too long or holds a control character.
pub fn message(text: &str) -> Result<String, ApiError> {
    Ok(bounded_text("text", &line_feeds(text), LONGEST_MESSAGE)?.to_owned())
}

/// A form sends line ends as two characters; they mean one.
pub(super) fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused<T>(result: Result<T, ApiError>, field: &str, reason: &str) {
        let error = result.err().expect("refused");
        assert_eq!((error.field(), error.reason()), (Some(field), reason));
    }

    #[test]
    fn a_text_has_its_bounds() {
        refused(Draft::read(" \n"), "text", "TEXT_EMPTY");
        refused(Draft::read(&"ä".repeat(LONGEST_TEXT + 1)), "text", "TEXT_TOO_LONG");
        refused(Draft::read("bell \u{7}"), "text", "TEXT_CONTROL_CHARACTER");
        refused(Draft::read("lone \r"), "text", "TEXT_CONTROL_CHARACTER");
        assert!(Draft::read(&"ä".repeat(LONGEST_TEXT)).is_ok());
    }

    #[test]
    fn line_ends_of_a_form_count_once() {
        assert_eq!(Draft::read("one\r\ntwo").expect("fits").typed, "one\ntwo");
    }

    #[test]
    fn a_title_has_its_bounds() {
        refused(title("ab "), "title", "TEXT_TOO_SHORT");
        refused(title(&"a".repeat(LONGEST_TITLE + 1)), "title", "TEXT_TOO_LONG");
        refused(title("two\nlines"), "title", "TEXT_NOT_ONE_LINE");
        assert_eq!(title("abc"), Ok("abc".to_owned()));
    }

    #[test]
    fn a_crowd_is_not_mentioned() {
        let crowd = |count: usize| (0..count).map(|number| format!("@member{number} ")).collect::<String>();
        assert!(Draft::read(&crowd(MOST_MENTIONS)).is_ok());
        refused(Draft::read(&crowd(MOST_MENTIONS + 1)), "text", "TOO_MANY_MENTIONS");
    }

    #[test]
    fn a_message_has_its_bounds() {
        refused(message(" \r\n"), "text", "TEXT_EMPTY");
        refused(message(&"ä".repeat(LONGEST_MESSAGE + 1)), "text", "TEXT_TOO_LONG");
        refused(message("bell \u{7}"), "text", "TEXT_CONTROL_CHARACTER");
        assert_eq!(message("one\r\ntwo"), Ok("one\ntwo".to_owned()));
    }

    #[test]
    fn a_reason_may_be_missing_and_not_blank() {
        assert_eq!(reason(""), Ok(None));
        refused(reason("  "), "reason", "TEXT_EMPTY");
    }
}
