//! A loaded model, which gives texts their vectors.

use std::path::Path;

use tokenizers::Tokenizer;

use crate::bert::Bert;
use crate::files::Files;
use crate::{EncodeError, LoadError, ModelVersion, Vector};

/// How many characters of a text are looked at: more than the tokens that a model reads.
const LONGEST: usize = 8_192;

/// A sentence model.
pub struct Encoder {
    tokenizer: Tokenizer,
    bert: Bert,
    version: ModelVersion,
}

impl Encoder {
    /// Loads `config.json`, `tokenizer.json` and `model.safetensors` of a folder.
    ///
    /// # Errors
    ///
    /// [`LoadError`] if one is missing, is not what its name says, or they do not go
    /// together; and if the model gives no direction to a text.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let Files { shape, tokenizer, weights, version } = Files::read(folder)?;
        let bert = Bert::load(weights, &shape).map_err(|error| LoadError::Weights(error.into()))?;
        let encoder = Self { tokenizer, bert, version };
        // Broken weights show at the start, not with somebody's first question.
        encoder.vector("a").map_err(|error| LoadError::Weights(error.into()))?;
        Ok(encoder)
    }

    /// Which model this is.
    #[must_use]
    pub const fn version(&self) -> ModelVersion {
        self.version
    }

    /// The vectors of texts, in their order. Each is encoded by itself, so none depends on
    /// the others; what is longer than the model reads is cut. It takes about a hundredth of
    /// a second a text: not for a thread that others wait for.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the model cannot be run, or gives no direction.
    pub fn encode(&self, texts: &[&str]) -> Result<Vec<Vector>, EncodeError> {
        texts.iter().map(|text| self.vector(text)).collect()
    }

    fn vector(&self, text: &str) -> Result<Vector, EncodeError> {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        let tokens = self.tokenizer.encode_fast(&text[..end], true).map_err(EncodeError::Tokens)?;
        let mean = self.bert.mean(tokens.get_ids()).map_err(|error| EncodeError::Model(error.into()))?;
        Vector::of(&mean).ok_or(EncodeError::NoDirection)
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Encoder({})", self.version)
    }
}

#[cfg(test)]
mod tests;
