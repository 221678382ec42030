//! People as a viewer may see them.

use std::collections::{HashMap, HashSet};

use kindred_ids::{MemberId, TenantSlug};
use kindred_proto::membership as proto;
use kindred_service_host::database_error;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use sqlx::{PgConnection, query_file};
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use super::visibility::Viewer;
use super::{BLOCKS, DIRECTORY, FORMER, ROSTER, ReadModel};
use crate::application::refusals::member_unknown;

/// Rows of people, before anybody looks at them.
struct People {
    rows: HashMap<Uuid, (Option<String>, i16, i32)>,
    fields: HashMap<Uuid, Vec<proto::ProfileField>>,
    communities: HashMap<Uuid, HashSet<Uuid>>,
}

impl ReadModel {
    /// One member, with whether the caller blocked them.
    pub(crate) async fn member(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        member: MemberId,
    ) -> Result<proto::GetMemberResponse, ApiError> {
        let view = self.members(metadata, caller, &[member]).await?.pop().ok_or_else(member_unknown)?;
        let claims = caller.member()?;
        let mut snapshot = self.queries.begin(metadata, &claims.tenant, &[BLOCKS]).await?;
        let blocks = query_file!("src/read_model/blocks.sql", claims.tenant.as_str(), claims.member.as_uuid())
            .fetch_all(&mut *snapshot.transaction)
            .await
            .map_err(|error| database_error(&error))?;
        let blocked_by_you = blocks.iter().any(|row| row.blocked_id == member.as_uuid());
        let rows = query_file!("src/read_model/members.sql", claims.tenant.as_str(), &[member.as_uuid()])
            .fetch_all(&mut *snapshot.transaction)
            .await
            .map_err(|error| database_error(&error))?;
        let mask = rows.first().map_or(0, |row| row.roles);
        let roles = (1..31).filter(|number| mask & (1 << number) != 0).collect();
        Ok(proto::GetMemberResponse { member: Some(view), blocked_by_you, roles })
    }

    /// Members in the order asked; unknown ones are left out.
    pub(crate) async fn members(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        members: &[MemberId],
    ) -> Result<Vec<proto::MemberView>, ApiError> {
        let tenant = caller.tenant()?;
        let mut snapshot = self.queries.begin(metadata, &tenant, &[DIRECTORY, ROSTER]).await?;
        self.views(&mut snapshot.transaction, &tenant, caller, members).await.map_err(|error| database_error(&error))
    }

    /// The same within a transaction that was begun.
    pub(super) async fn views(
        &self,
        connection: &mut PgConnection,
        tenant: &TenantSlug,
        caller: &Caller,
        members: &[MemberId],
    ) -> Result<Vec<proto::MemberView>, sqlx::Error> {
        let own = caller.member().ok().map(|claims| claims.member.as_uuid());
        let wanted: Vec<Uuid> = members.iter().map(|member| member.as_uuid()).chain(own).collect();
        let people = load(connection, tenant, &wanted).await?;
        let viewer = people.viewer(own);
        Ok(members.iter().filter_map(|member| people.view(member.as_uuid(), &viewer)).collect())
    }

    /// Whom the caller has blocked.
    pub(crate) async fn blocks(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
    ) -> Result<Vec<proto::MemberView>, ApiError> {
        let claims = caller.member()?;
        let mut snapshot = self.queries.begin(metadata, &claims.tenant, &[BLOCKS, DIRECTORY]).await?;
        let rows = query_file!("src/read_model/blocks.sql", claims.tenant.as_str(), claims.member.as_uuid())
            .fetch_all(&mut *snapshot.transaction)
            .await
            .map_err(|error| database_error(&error))?;
        let members: Vec<MemberId> = rows.iter().filter_map(|row| MemberId::try_from(row.blocked_id).ok()).collect();
        let views = self.views(&mut snapshot.transaction, &claims.tenant, caller, &members).await;
        views.map_err(|error| database_error(&error))
    }
}

async fn load(connection: &mut PgConnection, tenant: &TenantSlug, wanted: &[Uuid]) -> Result<People, sqlx::Error> {
    let tenant = tenant.as_str();
    let rows = query_file!("src/read_model/members.sql", tenant, wanted).fetch_all(&mut *connection).await?;
    let rows = rows.into_iter().map(|row| (row.member_id, (row.handle, row.state, row.roles))).collect();
    let mut fields: HashMap<Uuid, Vec<proto::ProfileField>> = HashMap::new();
    for row in query_file!("src/read_model/fields.sql", tenant, wanted).fetch_all(&mut *connection).await? {
        let (kind, visibility) = (i32::from(row.kind), i32::from(row.visibility));
        let field = proto::ProfileField { kind, value: row.value, label: row.label, visibility };
        fields.entry(row.member_id).or_default().push(field);
    }
    let mut communities: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
    for row in query_file!("src/read_model/communities_of.sql", tenant, wanted).fetch_all(connection).await? {
        communities.entry(row.member_id).or_default().insert(row.community_id);
    }
    Ok(People { rows, fields, communities })
}

impl People {
    fn viewer(&self, own: Option<Uuid>) -> Viewer {
        let fields = own.and_then(|own| self.fields.get(&own)).map(Vec::as_slice).unwrap_or_default();
        let released = fields.iter().filter(|field| Viewer::is_released(field));
        Viewer {
            member: own,
            communities: own.and_then(|own| self.communities.get(&own)).cloned().unwrap_or_default(),
            released: released.map(|field| (field.kind, field.value.clone())).collect(),
        }
    }

    fn view(&self, member: Uuid, viewer: &Viewer) -> Option<proto::MemberView> {
        let (handle, state, _) = self.rows.get(&member)?;
        let none = HashSet::new();
        let communities = self.communities.get(&member).unwrap_or(&none);
        let fields = self.fields.get(&member).map(Vec::as_slice).unwrap_or_default();
        let fields = fields.iter().filter(|field| viewer.sees(member, communities, field)).cloned();
        Some(proto::MemberView {
            member_id: member.simple().to_string(),
            handle: handle.clone().unwrap_or_else(|| FORMER.to_owned()),
            state: i32::from(*state),
            fields: fields.collect(),
            is_you: viewer.member == Some(member),
        })
    }
}
