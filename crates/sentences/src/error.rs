//! Why there is no model, or no vector.

use std::path::PathBuf;

/// A folder that holds no model.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is missing or cannot be read.
    #[error("read `{}` of the sentence model", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not what its name says.
    #[error("`{file}` of the sentence model {reason}")]
    Unfit {
        /// Which.
        file: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The weights are not those of the shape that `config.json` tells.
    #[error("`model.safetensors` of the sentence model does not hold what `config.json` says")]
    Weights(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A text that has no vector.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The text cannot be cut into tokens.
    #[error("cut a text into tokens")]
    Tokens(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The model cannot be run.
    #[error("run the sentence model")]
    Model(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What came out is no direction: weights are broken.
    #[error("the sentence model gives no direction to a text")]
    NoDirection,
}
