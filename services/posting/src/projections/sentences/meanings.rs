//! Vectors of titles and texts, made once for each event.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kindred_sentences::{Encoder, ModelVersion, Vector};
use moka::sync::Cache;
use uuid::Uuid;

use crate::projections::asked::{Asked, Place};

/// As long as a data key may be kept: what was made of words goes no later than its key.
const KEPT: Duration = Duration::from_secs(60);
/// More than the events of one transaction.
const MOST_KEPT: u64 = 20_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Meanings {
    encoder: Arc<Encoder>,
    /// By event, and whether of the title. None where the model gives no direction.
    made: Cache<(Uuid, bool), Option<Vector>>,
}

impl Meanings {
    pub(super) fn new(encoder: Arc<Encoder>) -> Self {
        let made = Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build();
        Self { encoder, made }
    }

    pub(super) fn version(&self) -> ModelVersion {
        self.encoder.version()
    }

    /// The vectors of all words that still stand. One after the other, beside the threads
    /// that serve: members who ask come first.
    pub(super) async fn of(&self, asked: &Asked) -> HashMap<Place, Vector> {
        let mut vectors = HashMap::new();
        for (place, words) in &asked.0 {
            let Some(text) = &words.words else { continue };
            let key = (words.event, place.2);
            let vector = match self.made.get(&key) {
                Some(known) => known,
                None => {
                    let vector = self.make(text.clone()).await;
                    self.made.insert(key, vector.clone());
                    vector
                }
            };
            vectors.extend(vector.map(|vector| (place.clone(), vector)));
        }
        vectors
    }

    async fn make(&self, text: String) -> Option<Vector> {
        let encoder = self.encoder.clone();
        let made = tokio::task::spawn_blocking(move || encoder.encode(&[&text])).await;
        match made {
            Ok(Ok(mut vectors)) => vectors.pop(),
            // Without a vector it is still found by its words.
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "a thread has no vector");
                None
            }
            Err(error) => {
                tracing::warn!(error = %error, "a thread has no vector");
                None
            }
        }
    }
}
