//! Rows of `post_versions`.

use std::collections::HashMap;

use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::folded::PostKey;

/// What a post said at one time.
pub(super) struct Version {
    pub version: i64,
    /// As set by this version.
    pub title: Option<String>,
    pub text: Option<String>,
    pub written_at: i64,
}

#[derive(Default)]
pub(super) struct Versions {
    tenants: Vec<String>,
    ids: Vec<Uuid>,
    versions: Vec<i64>,
    titles: Vec<Option<String>>,
    texts: Vec<Option<String>>,
    written_at: Vec<i64>,
}

impl Versions {
    pub(super) fn of(all: HashMap<PostKey, Vec<Version>>) -> Self {
        let mut rows = Self::default();
        for ((tenant, id), versions) in all {
            for version in versions {
                rows.tenants.push(tenant.clone());
                rows.ids.push(id);
                rows.versions.push(version.version);
                rows.titles.push(version.title);
                rows.texts.push(version.text);
                rows.written_at.push(version.written_at);
            }
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread/versions.sql",
            &self.tenants,
            &self.ids,
            &self.versions,
            &self.titles as &[Option<String>],
            &self.texts as &[Option<String>],
            &self.written_at
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
