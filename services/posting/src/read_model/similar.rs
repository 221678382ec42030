//! Threads by their words and their meaning.

use kindred_ids::CommunityId;
use kindred_ranking::weight::Scale;
use kindred_service_host::database_error;
use kindred_service_kit::error::ApiError;
use sqlx::{query_file, query_file_as};
use uuid::Uuid;

use super::{Reading, ThreadRow};

/// How many of the rarest words count.
const MOST_WORDS: usize = 24;
/// Rarity in sixteenths.
const BOOST: u16 = 16;

/// The meaning of a title or text.
pub struct VectorRow {
    /// Of which thread.
    pub thread_id: Uuid,
    /// As it was stored.
    pub vector: Vec<u8>,
}

impl Reading {
    /// Threads of a community that share words with `text`, those that share the rarest
    /// first; a title counts twice. They must share two, where more than two are asked for.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn threads_by_words(
        &mut self,
        community: CommunityId,
        text: &str,
        most: i64,
    ) -> Result<Vec<Uuid>, ApiError> {
        let (tenant, community) = (self.tenant.as_str(), community.as_uuid());
        let known = query_file!("src/read_model/asked_words.sql", tenant, community, text)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))?;
        let least = if known.len() > 2 { 2 } else { 1 };
        let (words, weights): (Vec<String>, Vec<i32>) = known
            .into_iter()
            .filter(|row| row.holders > 0 && row.holders < row.counted_up_to)
            .take(MOST_WORDS)
            .map(|row| {
                let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
                let scale = Scale { population: whole(row.threads), floor: 1 };
                (row.word, i32::from(scale.weight(BOOST, whole(row.holders))))
            })
            .unzip();
        let rows = query_file!("src/read_model/threads_by_words.sql", tenant, community, &words, &weights, least, most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))?;
        Ok(rows.into_iter().map(|row| row.thread_id).collect())
    }

    /// Vectors of a community's newest titles and texts; none while they are built for the
    /// first time.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn vectors(&mut self, community: CommunityId, model: i64) -> Result<Vec<VectorRow>, ApiError> {
        let there = query_file!("src/read_model/vectors_there.sql").fetch_one(&mut *self.transaction).await;
        if !there.map_err(|error| database_error(&error))?.there {
            return Ok(Vec::new());
        }
        let (tenant, community) = (self.tenant.as_str(), community.as_uuid());
        query_file_as!(VectorRow, "src/read_model/vectors.sql", tenant, community, model)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Those of these threads of a community that stand and whose author is a member.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn standing_threads(
        &mut self,
        community: CommunityId,
        threads: &[Uuid],
    ) -> Result<Vec<ThreadRow>, ApiError> {
        let (tenant, community) = (self.tenant.as_str(), community.as_uuid());
        query_file_as!(ThreadRow, "src/read_model/standing_threads.sql", tenant, community, threads)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }
}
