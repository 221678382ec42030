//! A model of one layer with weights that mean nothing, for tests: texts that share words
//! are near to each other, others are not, and it loads at once.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::DIMENSIONS;

/// Tokens of the model: any word in small letters is cut into one for each letter.
const SPECIAL: [&str; 3] = ["[PAD]", "[CLS]", "[SEP]"];
const UNKNOWN: &str = "[UNK]";
/// Positions, and so the tokens of the longest text.
const POSITIONS: usize = 24;
/// Width between the two halves of a layer.
const WIDE: usize = 8;

/// Writes the three files of a model into `folder`; each of `words` is one token. Another
/// `seed` makes another model.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write(folder: &Path, words: &[&str], seed: u64) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let tokens = tokens(words);
    fs::write(folder.join("config.json"), config(tokens.len()).to_string())?;
    fs::write(folder.join("tokenizer.json"), tokenizer(&tokens).to_string())?;
    let weights = weights(tokens.len(), seed);
    let mut file = fs::File::create(folder.join("model.safetensors"))?;
    file.write_all(&safetensors(&weights))
}

/// What `config.json` says of a model with so many tokens.
#[must_use]
pub fn config(tokens: usize) -> Value {
    json!({
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": DIMENSIONS, "intermediate_size": WIDE,
        "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": tokens,
        "max_position_embeddings": POSITIONS, "type_vocab_size": 1, "layer_norm_eps": 1e-12,
    })
}

fn tokens(words: &[&str]) -> Vec<String> {
    let letters = ('a'..='z').flat_map(|letter| [letter.to_string(), format!("##{letter}")]);
    let special = SPECIAL.iter().chain(&[UNKNOWN]).map(|token| (*token).to_owned());
    special.chain(letters).chain(words.iter().map(|word| (*word).to_owned())).collect()
}

fn tokenizer(tokens: &[String]) -> Value {
    let vocab: serde_json::Map<String, Value> =
        tokens.iter().enumerate().map(|(id, token)| (token.clone(), json!(id))).collect();
    let special = |id: usize| json!({"id": SPECIAL[id], "ids": [id], "tokens": [SPECIAL[id]]});
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"[CLS]": special(1), "[SEP]": special(2)}},
        "decoder": null,
        "model": {"type": "WordPiece", "unk_token": UNKNOWN, "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": vocab},
    })
}

/// A tensor: its name, its shape, and its numbers.
type Weights = Vec<(String, Vec<usize>, Vec<f32>)>;

fn weights(tokens: usize, seed: u64) -> Weights {
    let mut random = Random(seed.wrapping_mul(2) + 1);
    let mut all = Weights::new();
    let mut matrix = |name: &str, rows: usize, columns: usize, size: f32| {
        let numbers = (0..rows * columns).map(|_| random.next() * size).collect();
        all.push((format!("{name}.weight"), vec![rows, columns], numbers));
    };
    matrix("embeddings.word_embeddings", tokens, DIMENSIONS, 1.0);
    // Where a word stands counts little: the likeness of texts is that of their words.
    matrix("embeddings.position_embeddings", POSITIONS, DIMENSIONS, 0.05);
    matrix("embeddings.token_type_embeddings", 1, DIMENSIONS, 0.05);
    let layer = "encoder.layer.0";
    for dense in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"] {
        matrix(&format!("{layer}.{dense}"), DIMENSIONS, DIMENSIONS, 0.02);
    }
    matrix(&format!("{layer}.intermediate.dense"), WIDE, DIMENSIONS, 0.02);
    matrix(&format!("{layer}.output.dense"), DIMENSIONS, WIDE, 0.02);
    let rows: Vec<(String, usize)> = all.iter().map(|(name, shape, _)| (name.clone(), shape[0])).collect();
    for (name, width) in rows.iter().filter(|(name, _)| name.starts_with(layer)) {
        all.push((name.replace(".weight", ".bias"), vec![*width], vec![0.0; *width]));
    }
    for norm in ["embeddings", &format!("{layer}.attention.output"), &format!("{layer}.output")] {
        all.push((format!("{norm}.LayerNorm.weight"), vec![DIMENSIONS], vec![1.0; DIMENSIONS]));
        all.push((format!("{norm}.LayerNorm.bias"), vec![DIMENSIONS], vec![0.0; DIMENSIONS]));
    }
    all
}

/// The format: length of the table of contents, the table, the numbers.
fn safetensors(weights: &Weights) -> Vec<u8> {
    let (mut contents, mut numbers) = (serde_json::Map::new(), Vec::new());
    for (name, shape, values) in weights {
        let start = numbers.len();
        numbers.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        contents.insert(name.clone(), json!({"dtype": "F32", "shape": shape, "data_offsets": [start, numbers.len()]}));
    }
    let contents = Value::Object(contents).to_string();
    let mut file = (contents.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(contents.as_bytes());
    file.extend(numbers);
    file
}

/// Numbers from minus one to one, the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The upper 24 bits fit into a float whole.
        (self.0 >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    }
}
