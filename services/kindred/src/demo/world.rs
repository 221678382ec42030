//! The demo's programme: three tenants, their communities and people, and what they say.
//!
//! Every command id derives from what it makes, so a start that was cut short is gone on
//! with, and a second start changes nothing.

mod meetings;
mod people;
mod talks;

use std::collections::BTreeMap;

use kindred_ids::CommandId;
use kindred_proto::membership as proto;
use kindred_proto::membership::communities_client::CommunitiesClient;
use kindred_proto::membership::programmes_client::ProgrammesClient;
use kindred_service_kit::caller::Role;
use serde::{Deserialize, Serialize};

use super::settings::Layout;
use crate::import::{JoinRule, Plan, import, read_folder};
use crate::keys;
use crate::operator::{Operator, said};
use talks::Voices;

/// What was made; kept in `world.json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct World {
    pub personas: Vec<Person>,
    pub communities: BTreeMap<String, String>,
}

/// One of the people whom a visitor can be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Person {
    pub role: String,
    pub handle: String,
    pub tenant: String,
    pub member_id: String,
    pub email: String,
}

const PROGRAMME: &str = "northfield";
const TENANTS: [(&str, &str, u32, bool); 3] = [
    ("riverside", "Riverside Hospital", 168, true),
    ("lakeside", "Lakeside Neighborhood Health", 255, true),
    ("healthit", "Health IT Society", 30, false),
];

/// Key, tenant, name, purpose, policy.
const COMMUNITIES: [(&str, &str, &str, &str, proto::JoinPolicy); 5] = [
    (
        "thyroid",
        "riverside",
        "Thyroid circle",
        "For people who live with Hashimoto's, and those close to them.",
        proto::JoinPolicy::Open,
    ),
    (
        "diabetes",
        "riverside",
        "Living with diabetes",
        "Everyday life with type 1 and type 2.",
        proto::JoinPolicy::Approval,
    ),
    (
        "heart",
        "riverside",
        "Heart to heart",
        "For people with high blood pressure or a heart condition.",
        proto::JoinPolicy::Open,
    ),
    ("wellness", "lakeside", "Moving again", "Neighbors who want to move more, at any pace.", proto::JoinPolicy::Open),
    (
        "healthit",
        "healthit",
        "Health IT marketing",
        "Before, during and after the conference.",
        proto::JoinPolicy::Open,
    ),
];

/// SNOMED CT codes of the sample's patients that fit a community.
const DIABETES: [&str; 4] = ["44054006", "15777000", "127013003", "422034002"];
const HEART: [&str; 5] = ["59621000", "53741008", "88805009", "49436004", "22298006"];

const GUIDELINES: &str = "Write as you would speak to a neighbor. Share what helped you, not what others must do. \
    What is said here stays here. This is not medical advice: ask your care team.";

/// Makes what is missing of the world, or reads what was made before.
pub(super) async fn make(
    operator: &Operator,
    layout: &Layout,
    say: impl Fn(&str) -> anyhow::Result<()>,
) -> anyhow::Result<World> {
    let path = layout.data.join("world.json");
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(serde_json::from_str(&text)?);
    }
    say("making a programme with three tenants")?;
    tenants(operator).await?;
    let mut world = World { communities: communities(operator).await?, ..World::default() };
    say("importing patients")?;
    patients(operator, &world).await?;
    say("people come in and talk")?;
    let speakers = people::make(operator, &mut world).await?;
    let voices = Voices::new(layout)?;
    talks::hold(operator, &voices, &world, &speakers).await?;
    meetings::hold(operator, &voices, &world, &speakers).await?;
    keys::write_secret(&path, &serde_json::to_string_pretty(&world)?)?;
    Ok(world)
}

/// The id of the demo's command that makes `what`.
fn command(what: &[&str]) -> String {
    let parts: Vec<&[u8]> =
        std::iter::once(b"demo".as_slice()).chain(what.iter().map(|part| part.as_bytes())).collect();
    CommandId::derived(&parts).to_string()
}

async fn tenants(operator: &Operator) -> anyhow::Result<()> {
    let mut client = ProgrammesClient::new(operator.channel(Role::Membership)?);
    let request = proto::CreateProgrammeRequest {
        command_id: command(&["programme"]),
        programme: PROGRAMME.to_owned(),
        name: "Northfield Care".to_owned(),
    };
    client.create_programme(operator.request(request)).await.map_err(said)?;
    for (tenant, name, hue, open_registration) in TENANTS {
        let request = proto::CreateTenantRequest {
            command_id: command(&["tenant", tenant]),
            programme: PROGRAMME.to_owned(),
            tenant: tenant.to_owned(),
            name: name.to_owned(),
            hue,
            open_registration,
        };
        client.create_tenant(operator.request(request)).await.map_err(said)?;
    }
    Ok(())
}

async fn communities(operator: &Operator) -> anyhow::Result<BTreeMap<String, String>> {
    let mut client = CommunitiesClient::new(operator.channel(Role::Membership)?);
    let mut made = BTreeMap::new();
    for (key, tenant, name, purpose, policy) in COMMUNITIES {
        let request = proto::CreateCommunityRequest {
            command_id: command(&["community", key]),
            name: name.to_owned(),
            purpose: purpose.to_owned(),
            join_policy: policy.into(),
            guidelines: GUIDELINES.to_owned(),
            tenant: tenant.to_owned(),
        };
        let answer = client.create_community(operator.request(request)).await.map_err(said)?;
        made.insert(key.to_owned(), answer.into_inner().community_id);
    }
    Ok(made)
}

/// The sample's patients: most to the hospital by what they have, some to the neighborhood.
async fn patients(operator: &Operator, world: &World) -> anyhow::Result<()> {
    let folder = sample()?;
    let read = read_folder(&folder)?;
    let (hospital, area) = read.patients.split_at(read.patients.len() * 3 / 5);
    let rule = |key: &str, codes: &[&str]| -> anyhow::Result<JoinRule> {
        let community = world.communities[key].parse()?;
        Ok(JoinRule { community, codes: codes.iter().map(|code| (*code).to_owned()).collect() })
    };
    let joins = vec![rule("diabetes", &DIABETES)?, rule("heart", &HEART)?];
    let plan = Plan { tenant: "riverside".parse()?, consent_matching: true, joins };
    import(operator, &plan, hospital).await?;
    // Neighbors state no diagnosis.
    let neighbors: Vec<_> =
        area.iter().cloned().map(|patient| crate::import::Patient { conditions: Vec::new(), ..patient }).collect();
    let plan = Plan { tenant: "lakeside".parse()?, consent_matching: true, joins: vec![rule("wellness", &["*"])?] };
    import(operator, &plan, &neighbors).await.map(drop)
}

/// The patients that come with the demo, unpacked into a folder of this process.
fn sample() -> anyhow::Result<std::path::PathBuf> {
    let folder = std::env::temp_dir().join(format!("kindred-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("Patient.ndjson.gz"), include_bytes!("../../../../deploy/demo/Patient.ndjson.gz"))?;
    std::fs::write(folder.join("Condition.ndjson.gz"), include_bytes!("../../../../deploy/demo/Condition.ndjson.gz"))?;
    Ok(folder)
}
