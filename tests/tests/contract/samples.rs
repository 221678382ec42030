//! Bytes for an event that has none stored yet: every field filled, by what its name says.

use kindred_ids::{CommandId, derive_root_id};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto};

use crate::descriptors::message;

/// The protobuf bytes of a message with every field set.
pub fn filled(event: &DescriptorProto) -> Vec<u8> {
    let mut fields: Vec<&FieldDescriptorProto> = event.field.iter().collect();
    fields.sort_by_key(|field| field.number());
    fields.into_iter().flat_map(encoded).collect()
}

/// A field as it stands in a message: twice if it is repeated.
fn encoded(field: &FieldDescriptorProto) -> Vec<u8> {
    let (kind, repeated) = (field.r#type(), field.label() == Label::Repeated);
    let number = u64::from(field.number().unsigned_abs());
    let values: Vec<Vec<u8>> = (1..=if repeated { 2 } else { 1 }).map(|count| value(field, count)).collect();
    match kind {
        Type::String | Type::Bytes | Type::Message => {
            values.into_iter().flat_map(|value| delimited(number, &value)).collect()
        }
        _ if repeated => delimited(number, &values.concat()),
        _ => [varint(number << 3), values.concat()].concat(),
    }
}

fn delimited(number: u64, value: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(value.len() as u64), value.to_vec()].concat()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn value(field: &FieldDescriptorProto, count: u8) -> Vec<u8> {
    match field.r#type() {
        Type::Int64 | Type::Uint64 => varint(1_700_000_000_000 + u64::from(field.number().unsigned_abs())),
        Type::Int32 | Type::Uint32 | Type::Enum => varint(u64::from(count)),
        Type::Bool => varint(1),
        Type::Message => filled(message(field.type_name())),
        Type::Bytes => vec![field.number() as u8; length(field.name())],
        Type::String => text(field.name(), count).into_bytes(),
        other => panic!("field `{}`: say how {other:?} is filled", field.name()),
    }
}

fn length(name: &str) -> usize {
    match name {
        "nonce" => 12,
        "ciphertext" => 24,
        "secret_hash" => 32,
        _ => 16,
    }
}

fn text(name: &str, count: u8) -> String {
    match name {
        "source_event_id" => "0123456789abcdef8123456789abcdef".to_owned(),
        "programme" => "northfield".to_owned(),
        "tenant" => "riverside".to_owned(),
        "context" => "posting".to_owned(),
        "purpose" => "matching".to_owned(),
        "reason_code" => "blocked".to_owned(),
        "error_code" => "smtp_451".to_owned(),
        _ if name.ends_with("_id") || name.ends_with("_ids") || name.ends_with("_by") => {
            let category = name.rsplit_once('_').map_or(name, |(category, _)| category);
            derive_root_id("riverside", "anonymous", CommandId::derived(&[&[count]]), category, 0).hex()
        }
        _ => format!("A {}", name.replace('_', " ")),
    }
}
