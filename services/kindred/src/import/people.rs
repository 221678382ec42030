//! Turns patients into members. Every command id derives from tenant, patient and content,
//! so the same files again get first receipts and write nothing.

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kindred_ids::{CommandId, CommunityId, TenantSlug};
use kindred_proto::membership as proto;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_service_kit::caller::Role;
use kindred_service_kit::error::{ApiError, ErrorCode};
use ring::digest::{SHA256, digest};

use super::{Code, Patient};
use crate::operator::{Operator, said};

/// How many patients are under way at once.
const AT_ONCE: usize = 16;
/// How many conditions of a patient are taken.
const MOST_CONDITIONS: usize = 40;

const FIRST: [&str; 24] = [
    "amber", "bright", "calm", "clear", "coral", "early", "gentle", "golden", "green", "kind", "lively", "mellow",
    "misty", "morning", "open", "patient", "quiet", "silver", "soft", "steady", "sunny", "warm", "willow", "winter",
];
const SECOND: [&str; 24] = [
    "alder", "badger", "beech", "brook", "cedar", "finch", "garden", "harbor", "hazel", "heron", "lantern", "lark",
    "maple", "meadow", "otter", "pebble", "pine", "poppy", "river", "robin", "sparrow", "thistle", "tulip", "wren",
];

/// What is done with patients.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where they become members.
    pub tenant: TenantSlug,
    /// Whether they have agreed to be matched.
    pub consent_matching: bool,
    /// Which communities they join by what they have.
    pub joins: Vec<JoinRule>,
}

/// Those with one of the codes join.
#[derive(Debug, Clone)]
pub struct JoinRule {
    /// The community.
    pub community: CommunityId,
    /// SNOMED CT codes; `*` for everybody.
    pub codes: Vec<String>,
}

/// What became of the patients.
#[derive(Debug, Default)]
pub struct Imported {
    /// Members that were not there before.
    pub new: usize,
    /// Members whose profile or communities changed.
    pub changed: usize,
    /// Members for whom nothing was written.
    pub unchanged: usize,
    /// Why a patient could not become a member, by id.
    pub refused: Vec<String>,
}

enum Became {
    New,
    Changed,
    Unchanged,
    Refused(String),
}

/// Sends the patients to membership, several at once.
///
/// # Errors
///
/// If membership does not answer; a refusal of one patient stops no other.
pub async fn import(operator: &Operator, plan: &Plan, patients: &[Patient]) -> anyhow::Result<Imported> {
    let one = |patient| one(operator, plan, patient);
    let became: Vec<Became> = stream::iter(patients).map(one).buffer_unordered(AT_ONCE).try_collect().await?;
    let mut imported = Imported::default();
    for became in became {
        match became {
            Became::New => imported.new += 1,
            Became::Changed => imported.changed += 1,
            Became::Unchanged => imported.unchanged += 1,
            Became::Refused(reason) => imported.refused.push(reason),
        }
    }
    Ok(imported)
}

async fn one(operator: &Operator, plan: &Plan, patient: &Patient) -> anyhow::Result<Became> {
    match steps(operator, plan, patient).await {
        Ok(became) => Ok(became),
        Err(error) => {
            let refusal = error.downcast_ref::<ApiError>();
            let refused = refusal.is_some_and(|error| {
                !matches!(
                    error.code(),
                    ErrorCode::Unavailable | ErrorCode::Unauthenticated | ErrorCode::PermissionDenied
                )
            });
            if refused { Ok(Became::Refused(format!("patient `{}`: {error}", patient.id))) } else { Err(error) }
        }
    }
}

async fn steps(operator: &Operator, plan: &Plan, patient: &Patient) -> anyhow::Result<Became> {
    let mut members = MembersClient::new(operator.channel(Role::Membership)?);
    let tenant = plan.tenant.to_string();
    let command = |what: &str, content: &str| {
        let parts: [&[u8]; 5] =
            [b"fhir", tenant.as_bytes(), patient.id.as_bytes(), what.as_bytes(), content.as_bytes()];
        CommandId::derived(&parts).to_string()
    };
    let pseudonym = pseudonym(&tenant, &patient.id);
    let registered = operator.request(proto::RegisterRequest {
        command_id: command("register", ""),
        // A name reserved to be nobody's (RFC 2606): until the person gives an address, no mail leaves.
        email: format!("{}@patients.invalid", pseudonym.digest),
        handle: pseudonym.handle,
        name: String::new(),
        tenant: tenant.clone(),
        roles: Vec::new(),
    });
    let registered = members.register(registered).await.map_err(said)?.into_inner();
    let is_new = registered.receipt.is_some_and(|receipt| !receipt.replayed);
    let member_id = registered.member_id;
    let mut wrote = false;
    let mut note = |receipt: Option<kindred_proto::common::Receipt>| {
        wrote |= receipt.is_some_and(|receipt| receipt.changed && !receipt.replayed);
    };
    let fields = fields(patient);
    let content = format!("{fields:?}");
    let profile = proto::SetProfileRequest {
        command_id: command("profile", &content),
        fields,
        member_id: member_id.clone(),
        tenant: tenant.clone(),
    };
    note(members.set_profile(operator.request(profile)).await.map_err(said)?.into_inner().receipt);
    if plan.consent_matching {
        let (member_id, tenant) = (member_id.clone(), tenant.clone());
        let (command_id, purpose) = (command("consent", "matching"), proto::ConsentPurpose::Matching.into());
        let consent = proto::SetConsentRequest { command_id, agrees: true, member_id, tenant, purpose };
        note(members.set_consent(operator.request(consent)).await.map_err(said)?.into_inner().receipt);
    }
    let mut memberships = MembershipsClient::new(operator.channel(Role::Membership)?);
    for rule in plan.joins.iter().filter(|rule| applies(rule, &patient.conditions)) {
        let community_id = rule.community.to_string();
        let join = proto::JoinRequest {
            command_id: command("join", &community_id),
            community_id,
            note: String::new(),
            member_id: member_id.clone(),
            tenant: tenant.clone(),
        };
        note(memberships.join(operator.request(join)).await.map_err(said)?.into_inner().receipt);
    }
    Ok(if is_new {
        Became::New
    } else if wrote {
        Became::Changed
    } else {
        Became::Unchanged
    })
}

fn applies(rule: &JoinRule, conditions: &[Code]) -> bool {
    rule.codes.iter().any(|code| {
        code == "*" || conditions.iter().any(|condition| condition.value.strip_prefix("snomed|") == Some(code))
    })
}

fn fields(patient: &Patient) -> Vec<proto::ProfileField> {
    use proto::{ProfileFieldKind as Kind, Visibility};
    let field = |kind: Kind, value: &str, label: &str| proto::ProfileField {
        kind: kind.into(),
        value: value.to_owned(),
        label: label.to_owned(),
        visibility: Visibility::Matched.into(),
    };
    let conditions = patient.conditions.iter().take(MOST_CONDITIONS);
    let conditions = conditions.map(|code| field(Kind::Condition, &code.value, &code.label));
    let area = patient.area.iter().map(|area| field(Kind::Area, area, ""));
    let language = patient.language.iter().map(|language| field(Kind::Language, language, ""));
    conditions.chain(area).chain(language).collect()
}

struct Pseudonym {
    handle: String,
    digest: String,
}

/// A made-up name that tells nothing: two words and four digits of a digest.
fn pseudonym(tenant: &str, patient: &str) -> Pseudonym {
    let hash = digest(&SHA256, format!("kindred pseudonym\n{tenant}\n{patient}").as_bytes());
    let bytes = hash.as_ref();
    let (first, second) = (FIRST[bytes[0] as usize % FIRST.len()], SECOND[bytes[1] as usize % SECOND.len()]);
    let number = u32::from_be_bytes([0, bytes[2], bytes[3], bytes[4]]) % 1_000_000;
    let digest = bytes[5..17].iter().map(|byte| format!("{byte:02x}")).collect();
    Pseudonym { handle: format!("{first}-{second}-{number}"), digest }
}
