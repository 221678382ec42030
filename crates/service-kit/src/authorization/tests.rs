//! The table of who may call what, against the policies; other tenants stay out of reach.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use cedar_policy::{Schema, ValidationMode, Validator};
use kindred_eventsourcing::Timestamp;
use prost::Message as _;
use prost_types::FileDescriptorSet;

use super::*;
use crate::caller::{MemberClaims, Role, Subject, TenantRole};

/// The expectation, written down apart from the policies.
const TABLE: &str = include_str!("table.txt");

/// Every RPC of the platform, as paths.
fn rpcs() -> BTreeSet<String> {
    let files = FileDescriptorSet::decode(kindred_proto::DESCRIPTORS).expect("the descriptors of our own protos");
    let mut paths = BTreeSet::new();
    for file in files.file {
        for service in &file.service {
            for method in &service.method {
                paths.insert(format!("{}.{}/{}", file.package(), service.name(), method.name()));
            }
        }
    }
    paths
}

fn member(roles: &[TenantRole]) -> Subject {
    Subject::Member(MemberClaims {
        tenant: "riverside".parse().expect("a slug"),
        member: "0123456789ab8def8123456789abcdef".parse().expect("an id"),
        session: "0123456789ab8def8123456789abcdef".parse().expect("an id"),
        roles: roles.iter().copied().collect(),
        authenticated_at: Timestamp::from_millis(0),
    })
}

fn column(name: &str) -> (Subject, Option<Role>) {
    match name {
        "anonymous" => (Subject::Anonymous { tenant: Some("riverside".parse().expect("a slug")) }, None),
        "member" => (member(&[]), None),
        "via_posting" => (member(&[]), Some(Role::Posting)),
        "via_gateway" => (member(&[]), Some(Role::Gateway)),
        "via_matching" => (member(&[]), Some(Role::Matching)),
        "operator" => (Subject::Operator { name: "ada".into() }, None),
        name => match name.parse::<TenantRole>() {
            Ok(role) => (member(&[role]), None),
            Err(_) => (Subject::Service(name.parse().expect("a service's name")), None),
        },
    }
}

fn table() -> (Vec<&'static str>, BTreeMap<&'static str, Vec<bool>>) {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let columns: Vec<&str> = lines.next().expect("a head").split_whitespace().skip(1).collect();
    let rows = lines.map(|line| {
        let mut cells = line.split_whitespace();
        let rpc = cells.next().expect("a path");
        let marks = cells.map(|cell| match cell {
            "y" => true,
            "." => false,
            other => panic!("`{other}` in the row of {rpc}"),
        });
        (rpc, marks.collect::<Vec<_>>())
    });
    (columns, rows.collect())
}

#[test]
fn every_rpc_has_its_row_and_every_row_its_rpc() {
    let (columns, rows) = table();
    let known: BTreeSet<String> = rows.keys().map(|rpc| (*rpc).to_owned()).collect();
    assert_eq!(known, rpcs());
    assert!(rows.values().all(|row| row.len() == columns.len()));
    let kinds = ["anonymous", "member", "operator"].into_iter();
    let services = Role::ALL.iter().filter(|role| **role != Role::Operator).map(|role| role.as_str());
    let roles = TenantRole::ALL.iter().map(|role| role.as_str());
    for kind in kinds.chain(services).chain(roles) {
        assert!(columns.contains(&kind), "the table says nothing of `{kind}`");
    }
}

#[test]
fn the_policies_say_what_the_table_says() {
    let authorizer = Authorizer::load().expect("the policies");
    let (columns, rows) = table();
    let mut wrong = Vec::new();
    for (rpc, row) in &rows {
        for (name, expected) in columns.iter().zip(row) {
            let (subject, via) = column(name);
            let decision = authorizer.decide(rpc, &subject, via);
            if decision.allowed != *expected {
                wrong.push(format!("{rpc} for {name}: {decision:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_who_belongs_to_a_tenant_reaches_another() {
    let authorizer = Authorizer::load().expect("the policies");
    let (columns, rows) = table();
    for rpc in rows.keys() {
        for name in &columns {
            let (subject, via) = column(name);
            let decision = authorizer.decide(rpc, &subject, via);
            let may_cross = decision.allowed && subject.tenant().is_none();
            assert_eq!(decision.other_tenants, may_cross, "{rpc} for {name}");
        }
    }
}

#[test]
fn an_rpc_without_a_row_does_not_pass() {
    let authorizer = Authorizer::load().expect("the policies");
    for path in ["kindred.membership.v1.Members/Promote", "", "Members/Erase", "*"] {
        let decision = authorizer.decide(path, &Subject::Operator { name: "ada".into() }, None);
        assert_eq!((decision.allowed, decision.denied_by.as_deref()), (false, Some("no-row")), "{path}");
    }
}

#[test]
fn the_policies_fit_the_schema_of_the_rpcs_there_are() {
    let actions: String = rpcs().iter().map(|rpc| action_schema(rpc)).collect();
    let (schema, warnings) = Schema::from_cedarschema_str(&format!("{SCHEMA_TYPES}\n{actions}")).expect("a schema");
    assert_eq!(warnings.count(), 0);
    let authorizer = Authorizer::load().expect("the policies");
    let outcome = Validator::new(schema).validate(authorizer.policies(), ValidationMode::Strict);
    let errors: Vec<String> = outcome.validation_errors().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let warnings: Vec<String> = outcome.validation_warnings().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n"));
}

#[test]
fn a_denial_names_the_rule() {
    let authorizer = Authorizer::load().expect("the policies");
    let decision = authorizer.decide("kindred.membership.v1.Keys/GetDataKeys", &member(&[]), None);
    assert_eq!(decision.denied_by.as_deref(), Some("no-permit"));
}

#[test]
fn a_decision_made_before_costs_under_twenty_microseconds() {
    let authorizer = Authorizer::load().expect("the policies");
    let subject = member(&[TenantRole::Administrator]);
    let decide = || authorizer.decide("kindred.posting.v1.Threads/Reply", &subject, Some(Role::Gateway)).allowed;
    assert!(decide());
    // The best of several rounds: others share the machine, the code's own cost is the least.
    let best = (0..20).map(|_| {
        let begun = std::time::Instant::now();
        assert!((0..100).all(|_| decide()));
        begun.elapsed() / 100
    });
    let best = best.min().expect("twenty rounds");
    assert!(best < std::time::Duration::from_micros(20), "{best:?}");
}

#[test]
fn every_policy_has_an_id_of_its_own_and_permits_name_their_actions() {
    let policies = cedar_policy::PolicySet::from_str(include_str!("policies.cedar")).expect("the policies");
    let ids: BTreeSet<_> = policies.policies().map(|policy| policy.annotation("id").expect("an id")).collect();
    assert_eq!(ids.len(), policies.policies().count());
    let first = include_str!("policies.cedar").find("@id").expect("a policy");
    assert!(include_str!("policies.cedar")[first..].starts_with("@id(\"same-tenant\")\nforbid"));
}
