//! The people whom a visitor of the demo can be, with a fresh link and token at each start.

use kindred_proto::membership as proto;
use kindred_proto::membership::sessions_client::SessionsClient;
use kindred_service_kit::caller::Role;
use serde::Serialize;

use super::settings::Layout;
use super::world::World;
use crate::keys;
use crate::operate::fresh_command_id;
use crate::operator::{Operator, said};

/// Somebody to be.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Persona {
    pub name: String,
    pub role: String,
    pub tenant: String,
    pub member_id: String,
    pub email: String,
    pub sign_in_url: String,
    pub bearer_token: String,
}

/// Opens a session and issues a link for each, and writes `personas.json`.
pub(super) async fn write(operator: &Operator, layout: &Layout, world: &World) -> anyhow::Result<Vec<Persona>> {
    let mut personas = Vec::new();
    for person in &world.personas {
        let link = open(operator, &person.tenant, &person.member_id, true).await?;
        let token = open(operator, &person.tenant, &person.member_id, false).await?;
        personas.push(Persona {
            name: person.handle.clone(),
            role: person.role.clone(),
            tenant: person.tenant.clone(),
            member_id: person.member_id.clone(),
            email: person.email.clone(),
            sign_in_url: format!("{}/sign-in?token={link}", layout.public_url),
            bearer_token: token,
        });
    }
    keys::write_secret(&layout.data.join("personas.json"), &serde_json::to_string_pretty(&personas)?)?;
    Ok(personas)
}

async fn open(operator: &Operator, tenant: &str, member: &str, as_link: bool) -> anyhow::Result<String> {
    let mut sessions = SessionsClient::new(operator.channel(Role::Membership)?);
    let request = proto::OpenSessionRequest {
        command_id: fresh_command_id()?,
        tenant: tenant.to_owned(),
        member_id: member.to_owned(),
        as_link,
    };
    Ok(sessions.open_session(operator.request(request)).await.map_err(said)?.into_inner().token)
}
