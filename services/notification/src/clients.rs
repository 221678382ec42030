//! What this service asks of others.

use std::time::Duration;

use futures::future::BoxFuture;
use kindred_ids::{MemberId, TenantSlug};
use kindred_proto::membership as wire;
use kindred_proto::membership::members_client::MembersClient;
use kindred_service_kit::error::{ApiError, ErrorCode};
use kindred_service_kit::grpc::ServiceChannel;
use tonic::Request;

use crate::application::Addresses;
use crate::mail::{Language, Recipient};

/// Longest time for one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// Addresses from the membership service, asked on this service's own behalf.
#[derive(Clone)]
pub struct MembershipAddresses(MembersClient<ServiceChannel>);

impl MembershipAddresses {
    /// Asks over `channel`.
    #[must_use]
    pub fn new(channel: ServiceChannel) -> Self {
        Self(MembersClient::new(channel))
    }
}

impl Addresses for MembershipAddresses {
    fn find<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Recipient>, ApiError>> {
        Box::pin(async move {
            let message = wire::GetAddressRequest { tenant: tenant.to_string(), member_id: member.to_string() };
            let mut request = Request::new(message);
            request.set_timeout(PATIENCE);
            match self.0.clone().get_address(request).await {
                Ok(answer) => Ok(recipient(answer.into_inner())),
                Err(status) => {
                    let error = ApiError::from(status);
                    if error.code() == ErrorCode::NotFound { Ok(None) } else { Err(error) }
                }
            }
        })
    }
}

/// Nobody, if there is no address or it is none: such a mail could never arrive.
fn recipient(answer: wire::GetAddressResponse) -> Option<Recipient> {
    let wire::GetAddressResponse { email, language, tenant_name, .. } = answer;
    Recipient::try_new(&email, Language::of_tag(&language), tenant_name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_an_address_is_nobody() {
        let answer = |email: &str| wire::GetAddressResponse {
            email: email.to_owned(),
            handle: "ann-1".to_owned(),
            language: "de-AT".to_owned(),
            tenant_name: "Riverside".to_owned(),
        };
        assert!(recipient(answer("")).is_none());
        assert!(recipient(answer("no address")).is_none());
        let ann = recipient(answer("ann@mail.example")).expect("an address");
        assert_eq!((ann.language, ann.tenant_name.as_str()), (Language::German, "Riverside"));
        assert!(!format!("{ann:?}").contains("ann@"));
    }
}
