//! The personas, and others who speak in the communities.

mod profiles;

use kindred_proto::membership as proto;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_service_kit::caller::Role;

use super::{Person, World, command};
use crate::operator::{Operator, said};
use profiles::{fields, persona_fields, reader_fields};

/// Who speaks in a community.
#[derive(Debug, Clone)]
pub(super) struct Speaker {
    pub community: &'static str,
    pub tenant: &'static str,
    pub member_id: String,
}

/// Persona, handle, tenant, communities with the role there, tenant roles.
type Cast = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, proto::CommunityRole)],
    &'static [proto::TenantRole],
);

const CAST: [Cast; 10] = [
    (
        "patient",
        "quiet-heron",
        "riverside",
        &[("thyroid", proto::CommunityRole::Member), ("heart", proto::CommunityRole::Member)],
        &[],
    ),
    ("newcomer", "new-leaf", "riverside", &[], &[]),
    ("mentor", "morning-walker", "riverside", &[("thyroid", proto::CommunityRole::Mentor)], &[]),
    (
        "moderator",
        "steady-oak",
        "riverside",
        &[("thyroid", proto::CommunityRole::Moderator), ("diabetes", proto::CommunityRole::Moderator)],
        &[],
    ),
    (
        "community manager",
        "harbor-light",
        "riverside",
        &[
            ("thyroid", proto::CommunityRole::Manager),
            ("diabetes", proto::CommunityRole::Manager),
            ("heart", proto::CommunityRole::Manager),
        ],
        &[proto::TenantRole::Administrator],
    ),
    ("privacy officer", "safe-keeper", "riverside", &[], &[proto::TenantRole::PrivacyOfficer]),
    ("programme operator", "north-star", "riverside", &[], &[proto::TenantRole::ProgrammeOperator]),
    (
        "neighbor",
        "saturday-stroller",
        "lakeside",
        &[("wellness", proto::CommunityRole::Manager)],
        &[proto::TenantRole::Administrator],
    ),
    ("attendee", "first-row", "healthit", &[("healthit", proto::CommunityRole::Member)], &[]),
    (
        "organizer",
        "front-desk",
        "healthit",
        &[("healthit", proto::CommunityRole::Manager)],
        &[proto::TenantRole::Administrator],
    ),
];

/// Others who speak, by community.
const OTHERS: [(&str, &str, &[&str]); 5] = [
    (
        "thyroid",
        "riverside",
        &[
            "two-cups",
            "paper-crane",
            "slow-tide",
            "hazel-nut",
            "blue-kettle",
            "evening-fern",
            "first-frost",
            "open-window",
        ],
    ),
    ("diabetes", "riverside", &["long-table", "sunday-baker", "green-apple", "corner-shop"]),
    ("heart", "riverside", &["even-keel", "old-clock", "river-stone"]),
    ("wellness", "lakeside", &["library-steps", "slow-dog", "park-bench", "early-bus"]),
    ("healthit", "healthit", &["stage-left", "badge-number-7", "coffee-queue", "last-slide"]),
];

/// Those who only read so far: enough of them that what they share names nobody.
const READERS: [(&str, &str, [&str; 2]); 2] =
    [("wellness", "lakeside", ["lantern", "meadow"]), ("healthit", "healthit", ["lanyard", "microphone"])];

/// What their handles begin with.
const FIRST_WORDS: [&str; 12] =
    ["amber", "brisk", "calm", "dapper", "early", "frank", "gentle", "honest", "ivory", "jolly", "keen", "lively"];

pub(super) async fn make(operator: &Operator, world: &mut World) -> anyhow::Result<Vec<Speaker>> {
    let mut speakers = Vec::new();
    for (role, handle, tenant, communities, roles) in CAST {
        let email = format!("{}@{tenant}.example", role.replace(' ', "."));
        let member_id = register(operator, tenant, handle, &email, roles).await?;
        profile(operator, tenant, &member_id, handle, persona_fields(role)).await?;
        for (community, community_role) in communities {
            join(operator, world, tenant, &member_id, community, Some(*community_role)).await?;
            speakers.push(Speaker { community, tenant, member_id: member_id.clone() });
        }
        world.personas.push(Person {
            role: role.to_owned(),
            handle: handle.to_owned(),
            tenant: tenant.to_owned(),
            member_id,
            email,
        });
    }
    for (community, tenant, handles) in OTHERS {
        for (index, handle) in handles.iter().enumerate() {
            let member_id = register(operator, tenant, handle, &format!("{handle}@{tenant}.example"), &[]).await?;
            profile(operator, tenant, &member_id, handle, fields(community, index)).await?;
            join(operator, world, tenant, &member_id, community, None).await?;
            speakers.push(Speaker { community, tenant, member_id });
        }
    }
    for (community, tenant, last_words) in READERS {
        let handles = last_words.iter().flat_map(|last| FIRST_WORDS.map(|first| format!("{first}-{last}")));
        for (index, handle) in handles.enumerate() {
            let member_id = register(operator, tenant, &handle, &format!("{handle}@{tenant}.example"), &[]).await?;
            profile(operator, tenant, &member_id, &handle, reader_fields(community, index)).await?;
            join(operator, world, tenant, &member_id, community, None).await?;
        }
    }
    Ok(speakers)
}

async fn register(
    operator: &Operator,
    tenant: &str,
    handle: &str,
    email: &str,
    roles: &[proto::TenantRole],
) -> anyhow::Result<String> {
    let mut client = MembersClient::new(operator.channel(Role::Membership)?);
    let request = proto::RegisterRequest {
        command_id: command(&["register", tenant, handle]),
        email: email.to_owned(),
        handle: handle.to_owned(),
        name: String::new(),
        tenant: tenant.to_owned(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
    };
    Ok(client.register(operator.request(request)).await.map_err(said)?.into_inner().member_id)
}

async fn profile(
    operator: &Operator,
    tenant: &str,
    member: &str,
    handle: &str,
    fields: Vec<proto::ProfileField>,
) -> anyhow::Result<()> {
    let mut client = MembersClient::new(operator.channel(Role::Membership)?);
    if fields.is_empty() {
        return Ok(());
    }
    let (member_id, tenant) = (member.to_owned(), tenant.to_owned());
    let set = proto::SetProfileRequest {
        command_id: command(&["profile", &tenant, handle]),
        fields,
        member_id: member_id.clone(),
        tenant: tenant.clone(),
    };
    client.set_profile(operator.request(set)).await.map_err(said)?;
    let consent = proto::SetConsentRequest {
        command_id: command(&["consent", &tenant, handle]),
        agrees: true,
        purpose: proto::ConsentPurpose::Matching.into(),
        member_id,
        tenant,
    };
    client.set_consent(operator.request(consent)).await.map_err(said)?;
    Ok(())
}

async fn join(
    operator: &Operator,
    world: &World,
    tenant: &str,
    member: &str,
    community: &str,
    role: Option<proto::CommunityRole>,
) -> anyhow::Result<()> {
    let mut client = MembershipsClient::new(operator.channel(Role::Membership)?);
    let community_id = world.communities[community].clone();
    let (member_id, tenant) = (member.to_owned(), tenant.to_owned());
    let invite = command(&["join", community, member]);
    let joined = client
        .join(operator.request(proto::JoinRequest {
            command_id: invite,
            community_id: community_id.clone(),
            note: String::new(),
            member_id: member_id.clone(),
            tenant: tenant.clone(),
        }))
        .await
        .map_err(said)?
        .into_inner();
    if joined.state() == proto::MembershipState::Pending {
        let decide = proto::DecideJoinRequest {
            command_id: command(&["admit", community, member]),
            community_id: community_id.clone(),
            member_id: member_id.clone(),
            admit: true,
            tenant: tenant.clone(),
        };
        client.decide_join(operator.request(decide)).await.map_err(said)?;
    }
    if let Some(role) = role.filter(|role| *role != proto::CommunityRole::Member) {
        let set = proto::SetCommunityRoleRequest {
            command_id: command(&["role", community, member]),
            community_id,
            member_id,
            role: role.into(),
            tenant,
        };
        client.set_community_role(operator.request(set)).await.map_err(said)?;
    }
    Ok(())
}
