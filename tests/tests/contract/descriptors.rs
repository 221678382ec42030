//! The protocol as it was compiled: files, messages, fields.

use std::sync::LazyLock;

use prost::Message as _;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

static FILES: LazyLock<Vec<FileDescriptorProto>> =
    LazyLock::new(|| FileDescriptorSet::decode(kindred_proto::DESCRIPTORS).expect("descriptors").file);

/// The contexts that have events.
pub const CONTEXTS: [&str; 4] = ["membership", "posting", "matching", "notification"];

/// The messages of a file, each with its full name.
fn messages(file: &FileDescriptorProto) -> impl Iterator<Item = (String, &DescriptorProto)> {
    file.message_type.iter().map(move |message| (format!(".{}.{}", file.package(), message.name()), message))
}

/// A message by its full name, such as `.kindred.common.v1.Sealed`.
pub fn message(name: &str) -> &'static DescriptorProto {
    let found = FILES.iter().flat_map(messages).find(|(full, _)| full == name);
    found.unwrap_or_else(|| panic!("`{name}` is no message of the protocol")).1
}

/// The events of a context: messages of its `events.proto` that are no part of another.
pub fn events(context: &str) -> Vec<&'static DescriptorProto> {
    let name = format!("kindred/{context}/v1/events.proto");
    let file = FILES.iter().find(|file| file.name() == name).unwrap_or_else(|| panic!("no `{name}`"));
    let parts: Vec<&str> =
        file.message_type.iter().flat_map(|message| &message.field).map(FieldDescriptorProto::type_name).collect();
    let whole = messages(file).filter(|(full, _)| !parts.contains(&full.as_str()));
    whole.map(|(_, message)| message).collect()
}

#[test]
fn parts_of_events_are_no_events() {
    let names: Vec<&str> = events("membership").iter().map(|event| event.name()).collect();
    assert!(names.contains(&"ProfileReplaced") && !names.contains(&"SealedProfileField"), "{names:?}");
}
