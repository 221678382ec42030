//! Rows of `question_vectors`.

use std::collections::HashMap;

use kindred_sentences::{ModelVersion, Vector};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use crate::projections::asked::{Asked, Place};

/// Titles and texts that a batch touched: with a vector, and without one.
#[derive(Default)]
pub(super) struct Rows {
    meant: Columns,
    gone: Columns,
    model: i64,
}

#[derive(Default)]
struct Columns {
    tenants: Vec<String>,
    threads: Vec<Uuid>,
    titled: Vec<bool>,
    communities: Vec<Uuid>,
    authors: Vec<Uuid>,
    events: Vec<Uuid>,
    vectors: Vec<Vec<u8>>,
    sequences: Vec<i64>,
}

impl Rows {
    pub(super) fn of(asked: Asked, vectors: &HashMap<Place, Vector>, model: ModelVersion) -> Self {
        let mut rows = Self { model: model.number(), ..Self::default() };
        for (place, words) in asked.0 {
            let vector = vectors.get(&place);
            let columns = if vector.is_some() { &mut rows.meant } else { &mut rows.gone };
            columns.vectors.extend(vector.map(Vector::to_bytes));
            columns.tenants.push(place.0);
            columns.threads.push(place.1);
            columns.titled.push(place.2);
            columns.communities.push(words.community);
            columns.authors.push(words.author);
            columns.events.push(words.event);
            columns.sequences.push(words.sequence);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let Self { meant, gone, model } = self;
        if !gone.threads.is_empty() {
            query_file!("src/projections/sentences/forgotten.sql", &gone.tenants, &gone.threads, &gone.titled)
                .execute(&mut *transaction)
                .await?;
        }
        if !meant.threads.is_empty() {
            query_file!(
                "src/projections/sentences/meant.sql",
                &meant.tenants,
                &meant.threads,
                &meant.titled,
                &meant.communities,
                &meant.authors,
                &meant.events,
                &meant.vectors,
                &meant.sequences,
                model
            )
            .execute(transaction)
            .await?;
        }
        Ok(())
    }
}
