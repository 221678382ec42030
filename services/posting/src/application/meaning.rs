//! What somebody asks as vectors, within what a process can afford.
//!
//! # Promises
//!
//! * No more texts are encoded at once than was said; whoever would wait long for a turn
//!   gets no vector, and goes on by words.
//! * What is asked is kept nowhere.

use std::sync::Arc;
use std::time::Duration;

use kindred_sentences::{Encoder, ModelVersion, Vector};
use kindred_service_kit::error::chain;
use tokio::sync::Semaphore;

/// How long somebody who types waits for a turn.
const PATIENCE: Duration = Duration::from_millis(250);

/// See the module.
#[derive(Clone, Default)]
pub struct Meanings(Option<Turns>);

#[derive(Clone)]
struct Turns {
    encoder: Arc<Encoder>,
    turns: Arc<Semaphore>,
}

impl Meanings {
    /// By this model, `at_once` at a time.
    #[must_use]
    pub fn by(encoder: Arc<Encoder>, at_once: usize) -> Self {
        Self(Some(Turns { encoder, turns: Arc::new(Semaphore::new(at_once)) }))
    }

    /// The version of the model; none without one.
    pub(super) fn version(&self) -> Option<ModelVersion> {
        self.0.as_ref().map(|turns| turns.encoder.version())
    }

    /// The vectors of these texts and the version of their model; none without a model,
    /// without a turn, or if the model fails.
    pub(super) async fn of(&self, texts: Vec<String>) -> Option<(ModelVersion, Vec<Vector>)> {
        let Turns { encoder, turns } = self.0.clone()?;
        let turn = tokio::time::timeout(PATIENCE, turns.acquire_owned()).await.ok()?.ok()?;
        let version = encoder.version();
        let encoded = tokio::task::spawn_blocking(move || {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let encoded = encoder.encode(&texts);
            // The turn lasts as long as the work, also where nobody waits for it any more.
            drop(turn);
            encoded
        });
        match encoded.await.ok()? {
            Ok(vectors) => Some((version, vectors)),
            Err(error) => {
                tracing::warn!(chain = %chain(&error), "a question has no vector");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_sentences::tiny;

    use super::*;

    fn meanings(at_once: usize) -> Meanings {
        let folder = std::env::temp_dir().join(format!("kindred-meanings-{at_once}-{}", std::process::id()));
        tiny::write(&folder, &["tired", "work"], 1).expect("a model");
        let encoder = Encoder::load(&folder).expect("loaded");
        std::fs::remove_dir_all(folder).expect("gone");
        Meanings::by(Arc::new(encoder), at_once)
    }

    #[tokio::test]
    async fn whoever_gets_no_turn_goes_on_without() {
        assert!(meanings(0).of(vec!["tired".to_owned()]).await.is_none());
        assert!(Meanings::default().of(vec!["tired".to_owned()]).await.is_none());
    }

    #[tokio::test]
    async fn a_turn_comes_back_and_the_answer_is_the_encoders() {
        let meanings = meanings(1);
        let (version, first) = meanings.of(vec!["tired".to_owned(), "work".to_owned()]).await.expect("a turn");
        let (_, again) = meanings.of(vec!["work".to_owned()]).await.expect("a turn again");
        assert_eq!((first.len(), &first[1]), (2, &again[0]));
        assert_eq!(meanings.0.as_ref().map(|turns| turns.encoder.version()), Some(version));
    }
}
