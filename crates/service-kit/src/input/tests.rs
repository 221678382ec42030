//! What a caller sends is taken as it is or refused by name.

use kindred_ids::{MemberId, ThreadId};

use super::*;

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, ApiError>, field: &str, reason: &str) {
    let error = result.expect_err("the input was taken");
    assert_eq!((error.field(), error.reason()), (Some(field), reason));
}

#[test]
fn a_command_id_is_required_and_well_formed() {
    refused(command_id(""), "command_id", "COMMAND_ID_MISSING");
    for bad in ["1", "not-a-uuid-at-all-not-a-uuid-at-all", "00000000000000000000000000000000", "\u{0}", "{}"] {
        refused(command_id(bad), "command_id", "COMMAND_ID_MALFORMED");
    }
    assert!(command_id("7d444840-9dc0-11d1-b245-5ffdce74fad2").is_ok());
}

#[test]
fn an_id_names_its_field() {
    refused(id::<MemberId>("member_id", ""), "member_id", "ID_MISSING");
    refused(id::<ThreadId>("thread_id", "7d4448409dc011d1b2455ffdce74fad2"), "thread_id", "ID_MALFORMED");
    assert_eq!(optional_id::<MemberId>("member_id", ""), Ok(None));
}

#[test]
fn a_text_is_bounded_in_characters_not_bytes() {
    let long = "ß".repeat(10);
    assert_eq!(bounded_text("text", &long, 10), Ok(long.as_str()));
    refused(bounded_text("text", &long, 9), "text", "TEXT_TOO_LONG");
    refused(bounded_text("text", &"x".repeat(1 << 20), 9), "text", "TEXT_TOO_LONG");
}

#[test]
fn control_characters_are_refused_but_line_breaks_and_tabs_stay() {
    assert_eq!(bounded_text("text", "a\n\tb 👩‍👩‍👧 \u{202e}x", 99), Ok("a\n\tb 👩‍👩‍👧 \u{202e}x"));
    for bad in ["a\0", "a\r\nb", "\u{1b}[31m", "\u{7f}", "\u{85}"] {
        refused(bounded_text("text", bad, 99), "text", "TEXT_CONTROL_CHARACTER");
    }
    refused(bounded_text("text", " \n\t ", 99), "text", "TEXT_EMPTY");
    refused(bounded_line("title", "a\nb", 99), "title", "TEXT_NOT_ONE_LINE");
}

#[test]
fn a_page_has_a_usual_and_a_largest_size() {
    assert_eq!(page_size("size", 0, 20, 100), Ok(20));
    assert_eq!(page_size("size", 100, 20, 100), Ok(100));
    refused(page_size("size", 101, 20, 100), "size", "PAGE_TOO_LARGE");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(10_000))]

    #[test]
    fn what_passes_is_unchanged_short_and_free_of_control_characters(text in "\\PC{0,12}[\\x00-\\x20]{0,2}\\PC{0,12}") {
        if let Ok(taken) = bounded_text("text", &text, 20) {
            proptest::prop_assert_eq!(taken, text.as_str());
            proptest::prop_assert!(taken.chars().count() <= 20 && !taken.trim().is_empty());
            proptest::prop_assert!(!taken.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
        let _refused = (command_id(&text).is_err(), id::<MemberId>("member_id", &text).is_err(), tenant("tenant", &text).is_err());
    }
}
