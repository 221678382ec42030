//! The encoder over a model of random weights, and over the real one where it is.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use crate::{Similarity, similarity, tiny};

const WORDS: [&str; 6] = ["tired", "work", "dose", "sleep", "thyroid", "soup"];

struct Folder(PathBuf);

impl Folder {
    fn with_model(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("kindred-sentences-{name}-{}", std::process::id()));
        tiny::write(&folder, &WORDS, 7).expect("a model");
        Self(folder)
    }

    fn change(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let path = self.0.join(file);
        let mut value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        change(&mut value);
        fs::write(path, value.to_string()).expect("written");
    }

    fn refused(&self) -> String {
        let mut error: &dyn std::error::Error = &Encoder::load(&self.0).expect_err("refused");
        let mut told = error.to_string();
        while let Some(source) = error.source() {
            told.push_str(&format!(": {source}"));
            error = source;
        }
        told
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("gone");
    }
}

fn one(encoder: &Encoder, text: &str) -> Vector {
    encoder.encode(&[text]).expect("encoded").remove(0)
}

#[test]
fn a_vector_depends_on_its_text_alone() {
    let folder = Folder::with_model("alone");
    let encoder = Encoder::load(&folder.0).expect("loaded");
    let texts = ["tired at work", "soup", "a much longer text about sleep and the dose", ""];
    let together = encoder.encode(&texts).expect("encoded");
    let again = Encoder::load(&folder.0).expect("loaded");
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(&one(&again, text), vector, "{text}");
    }
    assert_eq!(encoder.version(), again.version());
    let crowd = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| one(&encoder, texts[2]))).collect();
        asked.into_iter().map(|asked| asked.join().expect("encoded")).collect::<Vec<_>>()
    });
    assert!(crowd.iter().all(|vector| vector == &together[2]));
}

#[test]
fn texts_with_the_same_words_are_near() {
    let folder = Folder::with_model("near");
    let encoder = Encoder::load(&folder.0).expect("loaded");
    let asked = one(&encoder, "tired work sleep");
    let near = similarity(&asked, &one(&encoder, "sleep TIRED work"));
    let far = similarity(&asked, &one(&encoder, "thyroid dose soup"));
    assert!(near > Similarity::thousandths(950), "{near}");
    assert!(far < Similarity::thousandths(600), "{far}");
}

#[test]
fn what_is_longer_than_the_model_reads_is_cut() {
    let folder = Folder::with_model("cut");
    let encoder = Encoder::load(&folder.0).expect("loaded");
    let read = one(&encoder, &"tired ".repeat(22));
    assert_eq!(one(&encoder, &format!("{}{}", "tired ".repeat(22), "soup ".repeat(5_000))), read);
    assert_ne!(one(&encoder, &format!("{}soup", "tired ".repeat(21))), read);
    folder.change("tokenizer.json", |tokenizer| {
        tokenizer["truncation"] =
            json!({"max_length": 5, "strategy": "LongestFirst", "stride": 0, "direction": "Right"});
        tokenizer["padding"] = json!({"strategy": {"Fixed": 5}, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"});
    });
    let shorter = Encoder::load(&folder.0).expect("loaded");
    assert_ne!(shorter.version(), encoder.version());
    assert_eq!(one(&shorter, "tired work dose soup"), one(&encoder, "tired work dose"));
    assert_eq!(one(&shorter, "soup"), one(&encoder, "soup"), "nothing is padded");
}

#[test]
fn a_folder_that_does_not_hold_is_refused_by_file() {
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let folder = Folder::with_model("missing");
        fs::remove_file(folder.0.join(file)).expect("gone");
        let told = folder.refused();
        assert!(told.contains(file) && told.contains("No such file"), "{told}");
        fs::write(folder.0.join(file), "{").expect("written");
        let told = folder.refused();
        assert!(told.contains(&format!("`{file}` of the sentence model")), "{told}");
    }
}

#[test]
fn a_shape_that_does_not_hold_is_told() {
    for (key, value, wanted) in [
        ("hidden_size", json!(768), "768 dimensions; 384 are wanted"),
        ("num_attention_heads", json!(5), "5 heads, which do not divide"),
        ("num_attention_heads", json!(0), "0 heads, which do not divide"),
        ("num_hidden_layers", json!(0), "0 layers; 1 to 48"),
        ("model_type", json!("gpt2"), "`gpt2` with `gelu`"),
        ("max_position_embeddings", json!(2), "no room for a text"),
        ("vocab_size", json!(10), "`tokenizer.json` of the sentence model has a token"),
        ("vocab_size", json!(100), "does not hold what `config.json` says"),
        ("num_hidden_layers", json!(2), "does not hold what `config.json` says"),
        ("layer_norm_eps", json!("x"), "cannot be read"),
    ] {
        let folder = Folder::with_model("shape");
        folder.change("config.json", |config| config[key] = value);
        let told = folder.refused();
        assert!(told.contains(wanted), "{key}: {told}");
    }
}

#[test]
fn weights_that_are_cut_short_or_no_numbers_are_refused() {
    let folder = Folder::with_model("weights");
    let path = folder.0.join("model.safetensors");
    let whole = fs::read(&path).expect("a file");
    fs::write(&path, &whole[..whole.len() - 1]).expect("written");
    assert!(folder.refused().contains("does not hold what `config.json` says"));
    let mut broken = whole.clone();
    let last = broken.len() - 4 * DIMENSIONS_OF_BIAS;
    for number in broken[last..].chunks_mut(4) {
        number.copy_from_slice(&f32::NAN.to_le_bytes());
    }
    fs::write(&path, broken).expect("written");
    assert!(folder.refused().contains("gives no direction"), "{}", folder.refused());
}

/// The last tensor of a tiny model is the bias of its last norm.
const DIMENSIONS_OF_BIAS: usize = crate::DIMENSIONS;

/// The pinned model's folder, where `make test` could fetch it.
fn pinned() -> Option<PathBuf> {
    std::env::var_os("KINDRED_SENTENCES_MODEL").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// What the reference implementation says of some pairs, in thousandths; each may be off by
/// what eight bits lose.
#[test]
fn the_pinned_model_says_what_its_makers_say() {
    let Some(folder) = pinned() else {
        eprintln!("skipped: KINDRED_SENTENCES_MODEL names no folder; `make test` fetches the pinned model");
        return;
    };
    let encoder = Encoder::load(&folder).expect("loaded");
    for (one_text, other_text, thousandths) in REFERENCE {
        let near = similarity(&one(&encoder, one_text), &one(&encoder, other_text));
        let off = (near.0 - Similarity::thousandths(thousandths).0).abs();
        assert!(off < Similarity::thousandths(10).0, "{one_text} / {other_text}: {near}, not {thousandths}");
    }
}

/// From the documentation of its makers, Sentence Transformers.
const REFERENCE: [(&str, &str, i32); 3] = [
    ("The weather is lovely today.", "It's so sunny outside!", 666),
    ("The weather is lovely today.", "He drove to the stadium.", 105),
    ("It's so sunny outside!", "He drove to the stadium.", 141),
];
