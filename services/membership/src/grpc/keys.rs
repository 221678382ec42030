//! Data keys for the services that seal and open; the policies say which.

use kindred_eventsourcing::{EventStore, KeyId};
use kindred_ids::TenantSlug;
use kindred_proto::membership as proto;
use kindred_proto::membership::keys_server::Keys;
use kindred_service_host::wire;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{id, tenant};
use kindred_vault::{KeyState, LARGEST_BATCH};
use tonic::{Request, Response, Status};

use super::Api;
use crate::application::keys_unavailable;

#[tonic::async_trait]
impl<S: EventStore> Keys for Api<S> {
    async fn get_data_keys(
        &self,
        request: Request<proto::GetDataKeysRequest>,
    ) -> Result<Response<proto::GetDataKeysResponse>, Status> {
        let asked = request.into_inner().keys;
        if asked.len() > LARGEST_BATCH {
            let message = format!("`keys` holds {} entries, at most {LARGEST_BATCH} are taken", asked.len());
            return Err(ApiError::invalid("keys", "TOO_MANY", message).into());
        }
        let wanted: Vec<(TenantSlug, KeyId)> = asked.iter().map(key_ref).collect::<Result<_, _>>()?;
        let states = self.application.keeper.data_keys(&wanted).await.map_err(|error| keys_unavailable(&error))?;
        let keys = wanted.iter().zip(states).map(|((_, key), state)| to_proto(Some(*key), &state));
        Ok(Response::new(proto::GetDataKeysResponse { keys: keys.collect() }))
    }

    async fn get_member_key(
        &self,
        request: Request<proto::GetMemberKeyRequest>,
    ) -> Result<Response<proto::GetMemberKeyResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (tenant, member) = (caller.tenant_for(&asked.tenant)?, id("member_id", &asked.member_id)?);
        let key = self.application.keeper.member_key(&tenant, member).await;
        let key = key.map_err(|error| keys_unavailable(&error))?;
        Ok(Response::new(proto::GetMemberKeyResponse { key: Some(to_proto(None, &key)) }))
    }
}

fn key_ref(asked: &proto::DataKeyRef) -> Result<(TenantSlug, KeyId), ApiError> {
    let key = wire::key_id(&asked.key_id)
        .ok_or_else(|| ApiError::invalid("keys", "ID_MALFORMED", "`keys.key_id` has 16 bytes"))?;
    Ok((tenant("keys", &asked.tenant)?, key))
}

fn to_proto(asked: Option<KeyId>, state: &KeyState) -> proto::DataKey {
    let asked = asked.map(|key| key.0.as_bytes().to_vec()).unwrap_or_default();
    match state {
        KeyState::Live(key) => proto::DataKey {
            key_id: key.id().0.as_bytes().to_vec().into(),
            material: key.secret().expose().to_vec().into(),
            member_id: key.member().to_string(),
            destroyed: false,
        },
        KeyState::Destroyed => proto::DataKey { key_id: asked.into(), destroyed: true, ..proto::DataKey::default() },
        KeyState::Unknown => proto::DataKey { key_id: asked.into(), ..proto::DataKey::default() },
    }
}
