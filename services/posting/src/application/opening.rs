//! What is looked for of a text: how it opens, without the people it mentions.

use super::mention::Mentions;

/// The first characters of a text, at most `most`. Whom it mentions is not what it asks.
pub fn opening(text: &str, most: usize) -> String {
    let bare = Mentions::find(text).left_out_of(text);
    match bare.char_indices().nth(most) {
        Some((end, _)) => bare[..end].to_owned(),
        None => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::member;

    #[test]
    fn mentions_are_left_out_and_the_rest_is_cut() {
        let text = format!("@{{{}}} how do you @ann sleep, ann@mail.example?", member(1));
        assert_eq!(opening(&text, 100), " how do you  sleep, ann@mail.example?");
        assert_eq!(opening("äöü", 2), "äö");
        assert_eq!(opening("", 2), "");
    }
}
