//! One resource: what is taken of it, or why it is left out.

use serde_json::Value;

use super::{Code, Patient};

/// The code systems that become conditions, and what they are called here.
const SYSTEMS: [(&str, &str); 2] =
    [("http://snomed.info/sct", "snomed"), ("http://hl7.org/fhir/sid/icd-10-cm", "icd10cm")];

/// A resource as far as it matters here.
pub(super) enum Resource {
    Patient(Patient),
    /// With a code if the condition is not over and confirmed.
    Condition {
        patient: String,
        code: Option<Code>,
    },
    /// Of a type that is not imported.
    Other,
}

impl Resource {
    /// Reads a resource, or says which element is wrong.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let kind = value["resourceType"].as_str().ok_or("`resourceType` is missing")?;
        match kind {
            "Patient" => patient(value).map(Self::Patient),
            "Condition" => condition(value),
            _ => Ok(Self::Other),
        }
    }
}

fn patient(value: &Value) -> Result<Patient, String> {
    let language = value["communication"].as_array().and_then(|all| {
        let preferred = all.iter().find(|one| one["preferred"] == true).or_else(|| all.first())?;
        preferred["language"]["coding"][0]["code"].as_str().map(str::to_owned)
    });
    let postal = value["address"].as_array().and_then(|all| all.iter().find_map(|one| one["postalCode"].as_str()));
    let area = postal.map(|code| code.chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>());
    Ok(Patient { id: id(value)?, language, area: area.filter(|area| area.len() == 3), conditions: Vec::new() })
}

fn condition(value: &Value) -> Result<Resource, String> {
    id(value)?;
    let reference = value["subject"]["reference"].as_str().ok_or("`subject.reference` is missing")?;
    let patient = reference.rsplit(['/', ':']).next().filter(|id| !id.is_empty());
    let patient = patient.ok_or("`subject.reference` names no patient")?.to_owned();
    let over = value["abatementDateTime"].is_string()
        || !is_one_of(value, "clinicalStatus", &["active", "recurrence", "relapse"]);
    if over || !is_one_of(value, "verificationStatus", &["confirmed"]) {
        return Ok(Resource::Condition { patient, code: None });
    }
    let codings = value["code"]["coding"].as_array().ok_or("`code.coding` is missing")?;
    let found = codings.iter().find_map(|coding| {
        let system = coding["system"].as_str()?;
        let (_, system) = SYSTEMS.iter().find(|(url, _)| *url == system)?;
        Some((*system, coding))
    });
    let (system, coding) = found.ok_or("`code.coding` holds no code of SNOMED CT or ICD-10-CM")?;
    let code = coding["code"].as_str().ok_or("`code.coding.code` is missing")?;
    let label = coding["display"].as_str().or(value["code"]["text"].as_str()).unwrap_or(code);
    Ok(Resource::Condition { patient, code: Some(Code { value: format!("{system}|{code}"), label: plain(label) }) })
}

/// Whether a status element, if it is there, has one of these codes.
fn is_one_of(value: &Value, element: &str, codes: &[&str]) -> bool {
    let code = value[element]["coding"][0]["code"].as_str();
    code.is_none_or(|code| codes.contains(&code))
}

fn id(value: &Value) -> Result<String, String> {
    let id = value["id"].as_str().ok_or("`id` is missing")?;
    // The form of FHIR's `id` type.
    let fits = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    if fits { Ok(id.to_owned()) } else { Err("`id` has not the form of a FHIR id".to_owned()) }
}

/// SNOMED CT's display names carry what kind of thing they name in brackets.
fn plain(label: &str) -> String {
    let label = match label.strip_suffix(')').and_then(|label| label.rsplit_once(" (")) {
        Some((plain, "disorder" | "finding" | "situation" | "morphologic abnormality")) => plain,
        _ => label,
    };
    label.chars().filter(|character| !character.is_control()).take(200).collect()
}
