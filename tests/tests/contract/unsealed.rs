//! What a person wrote or says about themselves is sealed. A field of text or bytes in the
//! open is an id, a digest, or reviewed here with the reason why it may be read by anybody.

use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FieldDescriptorProto};

use crate::descriptors::{CONTEXTS, events, message};

/// What is sealed; nothing of it is open.
const SEALED: &str = ".kindred.common.v1.Sealed";

/// Open fields, each with the reason.
const REVIEWED: &[(&str, &str)] = &[
    ("ProgrammeCreated.programme", "a slug, made by an operator"),
    ("ProgrammeCreated.name", "the name of an organization, shown to everybody"),
    ("TenantCreated.tenant", "a slug, made by an operator"),
    ("TenantCreated.programme", "a slug, made by an operator"),
    ("TenantCreated.name", "the name of an organization, shown to everybody"),
    ("TenantSuspended.reason", "an operator's words about an organization, not about a person"),
    ("CommunityCreated.name", "shown to everybody in the tenant; belongs to the community, not to a person"),
    ("CommunityCreated.purpose", "as its name"),
    ("CommunityCreated.guidelines", "as its name"),
    ("CommunityChanged.name", "as in CommunityCreated"),
    ("CommunityChanged.purpose", "as in CommunityCreated"),
    ("CommunityChanged.guidelines", "as in CommunityCreated"),
    ("ErasureConfirmed.context", "the name of a service"),
    ("ConsentGiven.purpose", "one of a closed set of the platform's words"),
    ("ConsentWithdrawn.purpose", "one of a closed set of the platform's words"),
    ("MemberInvited.invited_by", "the id of a member or the name of a service"),
    ("MemberJoined.admitted_by", "the id of a member or the name of a service"),
    ("JoinDeclined.declined_by", "the id of a member or the name of a service"),
    ("ThreadDeleted.deleted_by", "the id of a member or the name of a service"),
    ("CommentDeleted.deleted_by", "the id of a member or the name of a service"),
    ("InboxItemSuppressed.reason_code", "one of a closed set of the platform's words"),
    ("DeliveryFailed.error_code", "a code; a server's own words are not kept"),
    ("DeliveryCancelled.reason_code", "one of a closed set of the platform's words"),
    ("Association.feature", "a code of a published vocabulary that a cohort holds"),
    ("Association.others", "codes of published vocabularies, each held by a cohort with the feature or without it"),
    ("WeightsFixed.kinds", "one of a closed set of the platform's words"),
    ("WeightsFixed.features", "codes of published vocabularies, each held by a cohort or not there"),
    ("Redacted.subject", "ids, and the slug of a tenant"),
    ("Redacted.order", "an operator's words: the reference of an order, and nobody's name"),
];

/// Whether a field's name says that it holds no words.
fn is_plain(field: &FieldDescriptorProto) -> bool {
    let name = field.name();
    match field.r#type() {
        Type::String => name.ends_with("_id") || name.ends_with("_ids"),
        Type::Bytes => name.ends_with("_digest") || name.ends_with("_hash") || name.ends_with("_key_id"),
        _ => true,
    }
}

/// Open fields of a message and of its parts, as `Message.field`.
fn open(message_of: &DescriptorProto) -> Vec<String> {
    let mut found = Vec::new();
    for field in &message_of.field {
        if field.r#type() == Type::Message && field.type_name() != SEALED {
            found.extend(open(message(field.type_name())));
        } else if field.r#type() != Type::Message && !is_plain(field) {
            found.push(format!("{}.{}", message_of.name(), field.name()));
        }
    }
    found
}

fn all_open() -> Vec<String> {
    // The core's own events stand in the logs of all contexts.
    CONTEXTS.iter().chain(&["log"]).flat_map(|context| events(context)).flat_map(open).collect()
}

#[test]
fn words_of_people_are_sealed() {
    let reviewed = |name: &String| REVIEWED.iter().any(|(known, _)| known == name);
    let broken: Vec<String> = all_open().into_iter().filter(|name| !reviewed(name)).collect();
    assert!(broken.is_empty(), "seal it, or say here why anybody may read it:\n{}", broken.join("\n"));
}

#[test]
fn what_was_reviewed_is_there() {
    let open = all_open();
    let gone: Vec<&str> =
        REVIEWED.iter().map(|(name, _)| *name).filter(|name| !open.iter().any(|one| one == name)).collect();
    assert!(gone.is_empty(), "no event has these fields any more:\n{}", gone.join("\n"));
    assert!(REVIEWED.iter().all(|(_, why)| why.len() > 10), "a reason is missing");
}

#[test]
fn an_open_note_is_found() {
    let field = |name: &str, kind: Type, of: &str| FieldDescriptorProto {
        name: Some(name.to_owned()),
        r#type: Some(kind.into()),
        type_name: Some(of.to_owned()),
        ..FieldDescriptorProto::default()
    };
    let event = DescriptorProto {
        name: Some("Asked".to_owned()),
        field: vec![
            field("member_id", Type::String, ""),
            field("note", Type::String, ""),
            field("scan", Type::Bytes, ""),
            field("words", Type::Message, SEALED),
            field("home", Type::Message, ".kindred.membership.v1.ProfileField"),
        ],
        ..DescriptorProto::default()
    };
    assert_eq!(open(&event), ["Asked.note", "Asked.scan", "ProfileField.value", "ProfileField.label"]);
}
