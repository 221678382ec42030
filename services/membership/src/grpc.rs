//! The services as gRPC: parse, call, map; nothing is decided here.

mod blocks;
mod communities;
mod keys;
mod members;
mod memberships;
mod programmes;
mod sessions;
mod views;

use std::sync::Arc;

use kindred_eventsourcing::EventStore;
use kindred_ids::{CommunityId, MemberId};
use kindred_proto::membership as proto;
use kindred_service_host::Queries;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::id;
use tonic::service::Routes;

use crate::application::Application;
use crate::domain::membership::Pair;
use crate::domain::value::{CommunityRole, TenantRole};
use crate::read_model::ReadModel;

/// What every gRPC service of this context needs.
pub struct Api<S> {
    pub(crate) application: Application<S>,
    pub(crate) queries: Queries,
    pub(crate) read_model: ReadModel,
}

/// All services of this context.
pub fn routes<S: EventStore>(application: Application<S>, queries: Queries) -> Routes {
    let read_model = ReadModel::new(queries.clone());
    let api = Arc::new(Api { application, queries, read_model });
    Routes::new(proto::programmes_server::ProgrammesServer::from_arc(api.clone()))
        .add_service(proto::communities_server::CommunitiesServer::from_arc(api.clone()))
        .add_service(proto::members_server::MembersServer::from_arc(api.clone()))
        .add_service(proto::memberships_server::MembershipsServer::from_arc(api.clone()))
        .add_service(proto::blocks_server::BlocksServer::from_arc(api.clone()))
        .add_service(proto::sessions_server::SessionsServer::from_arc(api.clone()))
        .add_service(proto::keys_server::KeysServer::from_arc(api))
}

fn pair(community: &str, member: &str) -> Result<Pair, ApiError> {
    Ok(Pair { community: id::<CommunityId>("community_id", community)?, member: id::<MemberId>("member_id", member)? })
}

fn tenant_role(number: i32) -> Result<TenantRole, ApiError> {
    TenantRole::from_number(number)
        .ok_or_else(|| ApiError::invalid("role", "ROLE_UNKNOWN", "`role` is none of the known roles"))
}

fn community_role(number: i32) -> Result<CommunityRole, ApiError> {
    CommunityRole::from_number(number)
        .ok_or_else(|| ApiError::invalid("role", "ROLE_UNKNOWN", "`role` is none of the known roles"))
}
