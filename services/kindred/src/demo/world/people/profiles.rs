//! What the people of the demo say of themselves.

use kindred_proto::membership as proto;
use kindred_proto::membership::ProfileFieldKind as Kind;

use super::FIRST_WORDS;
use crate::demo::words::INTERESTS;

fn field(kind: Kind, value: &str, label: &str, visibility: proto::Visibility) -> proto::ProfileField {
    proto::ProfileField {
        kind: kind.into(),
        value: value.to_owned(),
        label: label.to_owned(),
        visibility: visibility.into(),
    }
}

/// What a persona says.
pub(super) fn persona_fields(role: &str) -> Vec<proto::ProfileField> {
    use proto::Visibility::{Community, Matched, Nobody, Tenant};
    let hashimoto = || field(Kind::Condition, "icd10cm|E06.3", "Hashimoto's thyroiditis", Matched);
    match role {
        "patient" => vec![
            hashimoto(),
            field(Kind::Interest, "walking", "", Matched),
            field(Kind::Interest, "talking about work", "", Community),
            field(Kind::Language, "es", "", Matched),
            field(Kind::Language, "en", "", Tenant),
            field(Kind::Area, "021", "", Matched),
            field(Kind::YearOfDiagnosis, "2026", "", Matched),
            field(Kind::Role, "patient", "", Nobody),
        ],
        // Three fields only: they must be enough for useful matches.
        "newcomer" => {
            vec![hashimoto(), field(Kind::Language, "en", "", Matched), field(Kind::Interest, "walking", "", Matched)]
        }
        "mentor" => vec![
            hashimoto(),
            field(Kind::Interest, "walking", "", Matched),
            field(Kind::Interest, "talking about work", "", Matched),
            field(Kind::Language, "es", "", Matched),
            field(Kind::Area, "021", "", Matched),
            field(Kind::YearOfDiagnosis, "2023", "", Matched),
            field(Kind::Role, "mentor", "", Tenant),
        ],
        "moderator" | "community manager" => {
            vec![field(Kind::Role, "staff", "", Tenant), field(Kind::Language, "en", "", Tenant)]
        }
        "attendee" => vec![
            field(Kind::Want, TRADE.0, "", Tenant),
            field(Kind::Role, "marketing lead", "", Tenant),
            field(Kind::Language, "en", "", Matched),
        ],
        "organizer" => vec![
            field(Kind::Offer, TRADE.0, "", Tenant),
            field(Kind::Interest, "conference talks", "", Tenant),
            field(Kind::Language, "en", "", Matched),
        ],
        "neighbor" => vec![field(Kind::Interest, "walking", "", Matched), field(Kind::Area, "919", "", Matched)],
        _ => Vec::new(),
    }
}

/// What readers say: half of a society can help with what the other half looks for.
pub(super) fn reader_fields(community: &str, index: usize) -> Vec<proto::ProfileField> {
    use proto::Visibility::{Matched, Tenant};
    let mut fields = vec![field(Kind::Language, "en", "", Matched)];
    if community == "healthit" {
        let (offer, want) = if index.is_multiple_of(2) { TRADE } else { (TRADE.1, TRADE.0) };
        fields.push(field(Kind::Offer, offer, "", Tenant));
        fields.push(field(Kind::Want, want, "", Tenant));
        fields.push(field(Kind::Role, "marketing lead", "", Tenant));
        fields.push(field(Kind::Interest, "conference talks", "", Tenant));
    } else {
        fields.push(field(Kind::Interest, "walking", "", Matched));
        fields.push(field(Kind::Area, if index.is_multiple_of(2) { "919" } else { "920" }, "", Matched));
        fields.push(field(Kind::AgeBand, if index < FIRST_WORDS.len() { "50-59" } else { "60-69" }, "", Matched));
    }
    fields
}

/// What members of the society help each other with.
const TRADE: (&str, &str) = ("speaker coaching", "launch budgets");

/// What those say who speak in a community.
pub(super) fn fields(community: &str, index: usize) -> Vec<proto::ProfileField> {
    use proto::Visibility::{Matched, Tenant};
    let interest = |offset: usize| field(Kind::Interest, INTERESTS[(index + offset) % INTERESTS.len()], "", Matched);
    let mut fields = vec![
        interest(0),
        interest(3),
        field(Kind::Language, if index.is_multiple_of(3) { "es" } else { "en" }, "", Matched),
    ];
    let year = (2019 + index % 8).to_string();
    match community {
        "thyroid" => {
            fields.push(field(Kind::Condition, "icd10cm|E06.3", "Hashimoto's thyroiditis", Matched));
            fields.push(field(Kind::YearOfDiagnosis, &year, "", Matched));
            fields.push(field(Kind::Treatment, "levothyroxine", "", Matched));
            fields.push(field(Kind::Area, if index.is_multiple_of(2) { "021" } else { "024" }, "", Matched));
        }
        "diabetes" => fields.push(field(Kind::Condition, "snomed|44054006", "Diabetes", Matched)),
        "heart" => fields.push(field(Kind::Condition, "snomed|59621000", "High blood pressure", Matched)),
        "healthit" => {
            fields.push(field(Kind::Role, "marketing lead", "", Tenant));
            fields.push(field(Kind::Interest, "conference talks", "", Tenant));
            fields.push(field(Kind::Want, TRADE.0, "", Tenant));
        }
        _ => fields.push(field(Kind::Area, "919", "", Matched)),
    }
    fields
}
