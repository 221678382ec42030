//! The three files of a model, read and checked.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use tokenizers::{Tokenizer, TruncationParams};

use crate::{DIMENSIONS, LoadError, ModelVersion};

/// The largest file that is read: more is no model of this kind.
const LARGEST: u64 = 2 << 30;
/// The most layers.
const MOST_LAYERS: usize = 48;
/// The longest text that is worth its time, in tokens.
const MOST_TOKENS: usize = 512;

/// What `config.json` says of the shape.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Shape {
    model_type: String,
    hidden_act: String,
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub vocab_size: usize,
    pub max_position_embeddings: usize,
    pub type_vocab_size: usize,
    pub layer_norm_eps: f64,
}

/// A model's files.
pub(crate) struct Files {
    pub shape: Shape,
    pub tokenizer: Tokenizer,
    pub weights: Vec<u8>,
    pub version: ModelVersion,
}

impl Files {
    pub(crate) fn read(folder: &Path) -> Result<Self, LoadError> {
        let config = bytes(folder, CONFIG)?;
        let tokens = bytes(folder, TOKENIZER)?;
        let shape = shape(&config)?;
        let tokenizer = tokenizer(&tokens, &shape)?;
        let weights = bytes(folder, WEIGHTS)?;
        let version = ModelVersion::of(&[&config, &tokens, &weights]);
        Ok(Self { shape, tokenizer, weights, version })
    }
}

pub(crate) const CONFIG: &str = "config.json";
pub(crate) const TOKENIZER: &str = "tokenizer.json";
pub(crate) const WEIGHTS: &str = "model.safetensors";

fn bytes(folder: &Path, name: &str) -> Result<Vec<u8>, LoadError> {
    let path = folder.join(name);
    let read = || {
        let mut bytes = Vec::new();
        File::open(&path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        let fits = bytes.len() as u64 <= LARGEST;
        fits.then_some(bytes).ok_or_else(|| std::io::Error::other(format!("larger than {LARGEST} bytes")))
    };
    read().map_err(|source| LoadError::Read { path: path.clone(), source })
}

fn shape(config: &[u8]) -> Result<Shape, LoadError> {
    let unfit = |reason: String| LoadError::Unfit { file: CONFIG, reason };
    let shape: Shape = serde_json::from_slice(config).map_err(|error| unfit(format!("cannot be read: {error}")))?;
    let heads = shape.num_attention_heads;
    if shape.model_type != "bert" || shape.hidden_act != "gelu" {
        let (kind, act) = (&shape.model_type, &shape.hidden_act);
        return Err(unfit(format!("tells of a model `{kind}` with `{act}`; `bert` with `gelu` is wanted")));
    }
    if shape.hidden_size != DIMENSIONS {
        return Err(unfit(format!("tells of {} dimensions; {DIMENSIONS} are wanted", shape.hidden_size)));
    }
    if heads == 0 || !DIMENSIONS.is_multiple_of(heads) {
        return Err(unfit(format!("tells of {heads} heads, which do not divide {DIMENSIONS} dimensions")));
    }
    if !(1..=MOST_LAYERS).contains(&shape.num_hidden_layers) {
        return Err(unfit(format!("tells of {} layers; 1 to {MOST_LAYERS} are wanted", shape.num_hidden_layers)));
    }
    if shape.max_position_embeddings < 3 || shape.type_vocab_size == 0 || shape.intermediate_size == 0 {
        return Err(unfit("leaves no room for a text".to_owned()));
    }
    Ok(shape)
}

/// The tokenizer, without padding and with its own limit of length, or the model's if that
/// is less.
fn tokenizer(tokens: &[u8], shape: &Shape) -> Result<Tokenizer, LoadError> {
    let unfit = |reason: String| LoadError::Unfit { file: TOKENIZER, reason };
    let mut tokenizer = Tokenizer::from_bytes(tokens).map_err(|error| unfit(format!("cannot be read: {error}")))?;
    // An id may be given to several tokens, so the greatest counts and not how many there are.
    let greatest = tokenizer.get_vocab(true).values().copied().max().unwrap_or(0) as usize;
    if greatest >= shape.vocab_size {
        let known = shape.vocab_size;
        return Err(unfit(format!("has a token {greatest}, while `{CONFIG}` tells of {known} tokens")));
    }
    let own = tokenizer.get_truncation().map_or(MOST_TOKENS, |truncation| truncation.max_length);
    let max_length = own.min(MOST_TOKENS).min(shape.max_position_embeddings).max(3);
    let truncation = TruncationParams { max_length, ..TruncationParams::default() };
    tokenizer.with_truncation(Some(truncation)).map_err(|error| unfit(format!("does not cut texts: {error}")))?;
    tokenizer.with_padding(None);
    Ok(tokenizer)
}
