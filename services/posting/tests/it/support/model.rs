//! A sentence model that means nothing but is quick, and knows some words.

use std::sync::{Arc, OnceLock};

use kindred_sentences::{Encoder, tiny};

/// Words that are one token each; others are cut into their letters.
const WORDS: [&str; 12] =
    ["tired", "work", "sleep", "dose", "thyroid", "soup", "walk", "pain", "winter", "doctor", "letter", "insurance"];

/// The model, loaded once.
pub fn encoder() -> Arc<Encoder> {
    static LOADED: OnceLock<Arc<Encoder>> = OnceLock::new();
    LOADED.get_or_init(|| Arc::new(of(7))).clone()
}

/// A model of other weights for another seed.
pub fn of(seed: u64) -> Encoder {
    let folder = std::env::temp_dir().join(format!("kindred-posting-model-{seed}-{}", std::process::id()));
    tiny::write(&folder, &WORDS, seed).unwrap();
    let encoder = Encoder::load(&folder).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    encoder
}
