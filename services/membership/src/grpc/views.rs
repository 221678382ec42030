//! How states show on the wire.

use kindred_ids::MemberId;
use kindred_proto::membership as proto;

use crate::application::{Standing, certificate};
use crate::domain::member::{self, Erasure};
use crate::domain::membership;
use crate::domain::value::CommunityRole;

pub(super) fn standing(standing: &Standing) -> proto::GetStandingResponse {
    proto::GetStandingResponse {
        tenant_active: standing.tenant_active,
        member_state: member_state(standing.member).into(),
        membership_state: membership_state(standing.membership).into(),
        role: standing.role.map_or(0, CommunityRole::number),
        data_key_id: standing.key.map(|key| key.0.as_bytes().to_vec()).unwrap_or_default().into(),
    }
}

pub(crate) const fn member_state(standing: member::Standing) -> proto::MemberState {
    match standing {
        member::Standing::Unknown => proto::MemberState::Unspecified,
        member::Standing::Active => proto::MemberState::Active,
        member::Standing::Suspended => proto::MemberState::Suspended,
        member::Standing::Erased => proto::MemberState::Erased,
    }
}

pub(crate) const fn membership_state(standing: membership::Standing) -> proto::MembershipState {
    match standing {
        membership::Standing::None | membership::Standing::Invited => proto::MembershipState::None,
        membership::Standing::Pending => proto::MembershipState::Pending,
        membership::Standing::Active => proto::MembershipState::Active,
        membership::Standing::Suspended => proto::MembershipState::Suspended,
        membership::Standing::Left => proto::MembershipState::Left,
        membership::Standing::Declined => proto::MembershipState::Declined,
    }
}

pub(super) fn erasure(member: MemberId, erasure: &Erasure) -> proto::GetErasureResponse {
    let confirmations = erasure
        .confirmations
        .iter()
        .map(|(context, at)| proto::ErasureConfirmation { context: context.clone(), at: at.millis() });
    proto::GetErasureResponse {
        requested_at: erasure.requested_at.map_or(0, |at| at.millis()),
        certified_at: erasure.certified_at.map_or(0, |at| at.millis()),
        confirmations: confirmations.collect(),
        certificate: certificate(member, erasure).unwrap_or_default(),
    }
}
