//! The caller's own things.

use axum::Json;
use axum::extract::{Path, State};

use super::command::{Command, Empty, bodies};
use crate::failure::Answer;
use crate::gateway::Gateway;
use crate::model::{Accepted, Author, Me, Moment, Preference, Profile, ProfileField};
use crate::operations::{inbox, members};
use crate::session::Signed;
use crate::wire::{Channel, ConsentPurpose, NotificationKind};

bodies! {
    /// A whole profile: what is not in it is gone.
    NewProfile {
        /// Everything that you say about yourself.
        #[schema(max_items = 100)]
        fields: Vec<ProfileField>,
    }
    /// Whether you agree to something.
    Consent {
        /// What to.
        purpose: ConsentPurpose,
        /// Whether you agree.
        agrees: bool,
    }
    /// Whether you are told of one kind in one place.
    NewPreference {
        /// What about.
        kind: NotificationKind,
        /// Where.
        channel: Channel,
        /// Whether.
        on: bool,
    }
    /// Whom you do not want to meet.
    NewBlock {
        /// Who.
        member_id: String,
    }
    /// That you are sure.
    OwnErasure {
        /// Your pseudonym, so that nobody erases themselves by mistake.
        handle: String,
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = Me)))]
pub async fn get(State(gateway): State<Gateway>, signed: Signed) -> Answer<Json<Me>> {
    let session = &signed.session;
    let (tenant, unread) = tokio::join!(gateway.tenant(&session.tenant), inbox::unread(&signed.call));
    Ok(Json(Me {
        tenant: session.tenant.to_string(),
        tenant_name: tenant.map_or_else(|_| session.tenant.to_string(), |tenant| tenant.name.clone()),
        member_id: session.member_id.clone(),
        handle: session.handle.clone(),
        roles: session.roles.clone(),
        programme_operator: session.programme_operator,
        authenticated_at: Moment::of_wire(session.authenticated_at),
        expires_at: Moment::of_wire(session.expires_at),
        unread: unread.ok(),
    }))
}

/// Your profile and what you agreed to.
#[utoipa::path(get, path = "/me/profile", tag = "me", responses((status = 200, body = Profile)))]
pub async fn profile(signed: Signed) -> Answer<Json<Profile>> {
    Ok(Json(members::profile(&signed.call, &signed.session.member_id).await?))
}

/// Replace your whole profile.
#[utoipa::path(put, path = "/me/profile", tag = "me", request_body = NewProfile,
    responses((status = 200, body = Accepted)))]
pub async fn set_profile(signed: Signed, command: Command<NewProfile>) -> Answer<Accepted> {
    Ok(members::set_profile(&signed.call, command.id, command.body.fields).await?)
}

/// Agree to be matched, or to more along with it; or stop.
#[utoipa::path(put, path = "/me/consent", tag = "me", request_body = Consent,
    responses((status = 200, body = Accepted)))]
pub async fn set_consent(signed: Signed, command: Command<Consent>) -> Answer<Accepted> {
    let Consent { purpose, agrees, .. } = command.body;
    Ok(members::set_consent(&signed.call, command.id, purpose, agrees).await?)
}

/// Destroy everything that you wrote and are; cannot be undone.
#[utoipa::path(post, path = "/me/erasure", tag = "me", request_body = OwnErasure,
    responses((status = 200, body = Accepted)))]
pub async fn erase(State(gateway): State<Gateway>, signed: Signed, command: Command<OwnErasure>) -> Answer<Accepted> {
    if command.body.handle != signed.session.handle {
        let what = "`handle` is not your own; nothing was erased";
        return Err(kindred_service_kit::error::ApiError::invalid("handle", "HANDLE_DIFFERS", what).into());
    }
    let accepted = members::erase(&signed.call, command.id, String::new()).await?;
    gateway.sessions.forget(&signed.session).await;
    Ok(accepted)
}

/// Where you are told of what.
#[utoipa::path(get, path = "/me/notifications", tag = "me", responses((status = 200, body = [Preference])))]
pub async fn preferences(signed: Signed) -> Answer<Json<Vec<Preference>>> {
    Ok(Json(inbox::preferences(&signed.call).await?))
}

/// Turn one kind on or off in one place.
#[utoipa::path(put, path = "/me/notifications", tag = "me", request_body = NewPreference,
    responses((status = 200, body = Accepted)))]
pub async fn set_preference(signed: Signed, command: Command<NewPreference>) -> Answer<Accepted> {
    let NewPreference { kind, channel, on, .. } = command.body;
    Ok(inbox::set_preference(&signed.call, command.id, Preference { kind, channel, on }).await?)
}

/// Whom you have blocked.
#[utoipa::path(get, path = "/me/blocks", tag = "me", responses((status = 200, body = [Author])))]
pub async fn blocks(signed: Signed) -> Answer<Json<Vec<Author>>> {
    Ok(Json(members::blocks(&signed.call).await?))
}

/// Block somebody; holds both ways, and they are not told.
#[utoipa::path(post, path = "/me/blocks", tag = "me", request_body = NewBlock,
    responses((status = 200, body = Accepted)))]
pub async fn block(signed: Signed, command: Command<NewBlock>) -> Answer<Accepted> {
    Ok(members::block(&signed.call, command.id, command.body.member_id).await?)
}

/// Take a block back.
#[utoipa::path(delete, path = "/me/blocks/{member_id}", tag = "me", params(("member_id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn unblock(Path(member_id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(members::unblock(&signed.call, command.id, member_id).await?)
}
