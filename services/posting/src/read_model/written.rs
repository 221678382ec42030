//! What people wrote, by its meaning.

use kindred_service_host::database_error;
use kindred_service_kit::error::ApiError;
use sqlx::{query_file, query_file_as};
use uuid::Uuid;

use super::Reading;

/// Somebody whose threads in these communities are asked for.
#[derive(Debug)]
pub struct Authored {
    /// Whose.
    pub author: Uuid,
    /// Where.
    pub places: Vec<Uuid>,
}

/// The meaning of the title or text of one of these threads.
#[derive(Debug)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct WrittenRow {
    /// Whose, as a place in what was asked for.
    pub number: i32,
    pub thread_id: Uuid,
    pub community_id: Uuid,
    pub started_at: i64,
    /// As it was stored.
    pub vector: Vec<u8>,
}

impl Reading {
    /// Vectors of the newest `most` standing threads of each of these, by one model, the rows of
    /// a thread together; none while vectors are built for the first time.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn written(&mut self, asked: &[Authored], model: i64, most: i64) -> Result<Vec<WrittenRow>, ApiError> {
        let there = query_file!("src/read_model/vectors_there.sql").fetch_one(&mut *self.transaction).await;
        if !there.map_err(|error| database_error(&error))?.there {
            return Ok(Vec::new());
        }
        let each = (0..)
            .zip(asked)
            .flat_map(|(number, one)| one.places.iter().map(move |place| (number, (one.author, *place))));
        let (numbers, whose_where): (Vec<i32>, Vec<(Uuid, Uuid)>) = each.unzip();
        let (authors, places): (Vec<Uuid>, Vec<Uuid>) = whose_where.into_iter().unzip();
        let tenant = self.tenant.as_str();
        query_file_as!(WrittenRow, "src/read_model/written.sql", tenant, &numbers, &authors, &places, model, most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }
}
