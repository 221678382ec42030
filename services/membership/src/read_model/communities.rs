//! Communities and their rosters, and the list of tenants.

use kindred_ids::{CommunityId, MemberId, Scope};
use kindred_proto::common::Page;
use kindred_proto::membership as proto;
use kindred_service_host::database_error;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use sqlx::query_file;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use super::{Cursor, DIRECTORY, ROSTER, ReadModel, TENANTS, cut, size};
use crate::application::refusals::community_unknown;

/// The states that a roster shows: inside (active, suspended), or waiting.
const INSIDE: [i16; 2] = [3, 4];
const WAITING: [i16; 1] = [2];

impl ReadModel {
    /// One community with the caller's standing in it.
    pub(crate) async fn community(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        community: CommunityId,
    ) -> Result<proto::Community, ApiError> {
        let (tenant, own) = (caller.tenant()?, own(caller));
        let mut snapshot = self.queries.begin(metadata, &tenant, &[ROSTER]).await?;
        let row = query_file!("src/read_model/community.sql", tenant.as_str(), own, community.as_uuid())
            .fetch_optional(&mut *snapshot.transaction)
            .await
            .map_err(|error| database_error(&error))?
            .ok_or_else(community_unknown)?;
        Ok(proto::Community {
            community_id: row.community_id.simple().to_string(),
            name: row.name,
            purpose: row.purpose,
            join_policy: i32::from(row.join_policy),
            members: row.members as u32,
            your_state: i32::from(row.your_state.unwrap_or(1)),
            your_role: i32::from(row.your_role.unwrap_or(0)),
            guidelines: row.guidelines,
        })
    }

    /// Communities by name.
    pub(crate) async fn communities(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        page: &Page,
    ) -> Result<proto::ListCommunitiesResponse, ApiError> {
        let (tenant, own, size) = (caller.tenant()?, own(caller), size(page)?);
        let after = Cursor::decode(&page.cursor)?.unwrap_or(Cursor { text: String::new(), id: Uuid::nil() });
        let mut snapshot = self.queries.begin(metadata, &tenant, &[ROSTER]).await?;
        let rows = query_file!("src/read_model/communities.sql", tenant.as_str(), own, after.text, after.id, size + 1);
        let mut rows = rows.fetch_all(&mut *snapshot.transaction).await.map_err(|error| database_error(&error))?;
        let more = cut(&mut rows, size);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| Cursor { text: row.name.clone(), id: row.community_id }.encode());
        let communities = rows.into_iter().map(|row| proto::Community {
            community_id: row.community_id.simple().to_string(),
            name: row.name,
            purpose: row.purpose,
            join_policy: i32::from(row.join_policy),
            members: row.members as u32,
            your_state: i32::from(row.your_state.unwrap_or(1)),
            your_role: i32::from(row.your_role.unwrap_or(0)),
            guidelines: row.guidelines,
        });
        let communities = communities.collect();
        Ok(proto::ListCommunitiesResponse { communities, next_cursor: next_cursor.unwrap_or_default() })
    }

    /// Who is inside a community, or who waits.
    pub(crate) async fn roster(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        community: CommunityId,
        pending: bool,
        page: &Page,
    ) -> Result<proto::ListMembersResponse, ApiError> {
        let (tenant, size) = (caller.tenant()?, size(page)?);
        let after = Cursor::decode(&page.cursor)?;
        let (since, id) = match &after {
            Some(after) => (after.number()?, after.id),
            None => (i64::MIN, Uuid::nil()),
        };
        let states: &[i16] = if pending { &WAITING } else { &INSIDE };
        let mut snapshot = self.queries.begin(metadata, &tenant, &[ROSTER, DIRECTORY]).await?;
        let failed = |error: sqlx::Error| database_error(&error);
        let (tenant_text, community) = (tenant.as_str(), community.as_uuid());
        let rows = query_file!("src/read_model/roster.sql", tenant_text, community, states, since, id, size + 1);
        let mut rows = rows.fetch_all(&mut *snapshot.transaction).await.map_err(failed)?;
        let more = cut(&mut rows, size);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| Cursor { text: row.since.to_string(), id: row.member_id }.encode());
        let ids: Vec<MemberId> = rows.iter().filter_map(|row| MemberId::try_from(row.member_id).ok()).collect();
        let views = self.views(&mut snapshot.transaction, &tenant, caller, &ids).await.map_err(failed)?;
        let members = rows.into_iter().filter_map(|row| {
            let id = row.member_id.simple().to_string();
            let member = views.iter().find(|view| view.member_id == id)?.clone();
            let note = if pending { row.note.unwrap_or_default() } else { String::new() };
            let (state, role) = (i32::from(row.state), i32::from(row.role));
            Some(proto::RosterEntry { member: Some(member), state, role, note })
        });
        let members = members.collect();
        Ok(proto::ListMembersResponse { members, next_cursor: next_cursor.unwrap_or_default() })
    }

    /// All tenants, by slug.
    pub(crate) async fn tenants(
        &self,
        metadata: &MetadataMap,
        page: &Page,
    ) -> Result<proto::ListTenantsResponse, ApiError> {
        let size = size(page)?;
        let after = Cursor::decode(&page.cursor)?.map(|cursor| cursor.text).unwrap_or_default();
        let mut snapshot = self.queries.begin_in(metadata, &Scope::Programme, &[TENANTS]).await?;
        let rows = query_file!("src/read_model/tenants.sql", after, size + 1);
        let mut rows = rows.fetch_all(&mut *snapshot.transaction).await.map_err(|error| database_error(&error))?;
        let more = cut(&mut rows, size);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| Cursor { text: row.slug.clone(), id: Uuid::nil() }.encode());
        let tenants = rows.into_iter().map(|row| proto::Tenant {
            tenant: row.slug,
            name: row.name,
            programme: row.programme,
            suspended: row.suspended,
            hue: row.hue as u32,
            open_registration: row.open_registration,
        });
        Ok(proto::ListTenantsResponse { tenants: tenants.collect(), next_cursor: next_cursor.unwrap_or_default() })
    }
}

fn own(caller: &Caller) -> Uuid {
    caller.member().map_or(Uuid::nil(), |claims| claims.member.as_uuid())
}
