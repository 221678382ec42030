//! Data keys from membership's key service.

use futures::future::BoxFuture;
use kindred_eventsourcing::KeyId;
use kindred_ids::{MemberId, TenantSlug};
use kindred_proto::membership as proto;
use kindred_proto::membership::keys_client::KeysClient;
use kindred_service_kit::grpc::ServiceChannel;
use kindred_vault::{DataKey, KeyError, KeySource, KeyState, Secret};

/// Asks the key service, under this process's own name.
#[derive(Clone)]
pub struct KeyServiceSource(KeysClient<ServiceChannel>);

impl KeyServiceSource {
    /// Over the channel to membership.
    #[must_use]
    pub fn new(membership: ServiceChannel) -> Self {
        Self(KeysClient::new(membership))
    }
}

/// What the service says of one key.
fn state(tenant: &TenantSlug, asked: Option<KeyId>, key: proto::DataKey) -> Result<KeyState, KeyError> {
    if key.destroyed {
        return Ok(KeyState::Destroyed);
    }
    if key.material.is_empty() {
        return Ok(KeyState::Unknown);
    }
    let id = crate::wire::key_id(&key.key_id).ok_or(KeyError::Malformed)?;
    if asked.is_some_and(|asked| asked != id) {
        return Err(KeyError::Malformed);
    }
    let member: MemberId = key.member_id.parse().map_err(|_| KeyError::Malformed)?;
    let secret = Secret::from_slice(&key.material).ok_or(KeyError::Malformed)?;
    Ok(KeyState::Live(DataKey::new(id, tenant.clone(), member, secret)))
}

impl KeySource for KeyServiceSource {
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>> {
        Box::pin(async move {
            let keys = wanted.iter().map(|(tenant, key)| proto::DataKeyRef {
                tenant: tenant.to_string(),
                key_id: key.0.as_bytes().to_vec().into(),
            });
            let request = proto::GetDataKeysRequest { keys: keys.collect() };
            let answer = self.0.clone().get_data_keys(request).await.map_err(KeyError::unavailable)?.into_inner();
            if answer.keys.len() != wanted.len() {
                return Err(KeyError::Malformed);
            }
            wanted.iter().zip(answer.keys).map(|((tenant, asked), key)| state(tenant, Some(*asked), key)).collect()
        })
    }

    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>> {
        Box::pin(async move {
            let request = proto::GetMemberKeyRequest { tenant: tenant.to_string(), member_id: member.to_string() };
            let answer = self.0.clone().get_member_key(request).await.map_err(KeyError::unavailable)?.into_inner();
            state(tenant, None, answer.key.unwrap_or_default())
        })
    }
}
