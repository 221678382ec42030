//! Whoever is erased leaves the snapshots with the record of their erasure.

use std::collections::BTreeSet;

use kindred_projections::Person;
use sqlx::{PgConnection, query_file};

use super::rows::{Row, manifest};
use crate::index::snapshot::checksum;

/// Takes a person out of every snapshot of their tenant, unfinished ones too. A snapshot
/// whose chunk of them cannot be read goes as a whole.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn redact(connection: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
    let tenant = person.tenant.as_str();
    let snapshots = sqlx::query_file_as!(Row, "src/snapshots/all.sql", tenant).fetch_all(&mut *connection).await?;
    for row in snapshots {
        let number = row.number;
        let manifest = manifest(&person.tenant, row);
        let chunk = manifest.chunk_of(person.member);
        // One that is not written yet is written without them.
        if chunk >= manifest.checksums.len() && manifest.checksums.len() < manifest.chunks {
            continue;
        }
        let content = query_file!("src/snapshots/content.sql", tenant, number, chunk as i32)
            .fetch_optional(&mut *connection)
            .await?;
        let read = content.and_then(|row| manifest.read(chunk, &row.content).ok());
        let Some(mut read) = read else {
            tracing::warn!("a snapshot of `{tenant}` is dropped: a person cannot be taken out of its chunk {chunk}");
            query_file!("src/snapshots/drop.sql", tenant, number).execute(&mut *connection).await?;
            continue;
        };
        read.erase(&BTreeSet::from([person.member]));
        let content = read.encode();
        let sum = checksum(&person.tenant, chunk, &content);
        query_file!("src/snapshots/replace.sql", tenant, number, chunk as i32, content, sum)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
