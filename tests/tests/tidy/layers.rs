//! Inside a service: rules know nothing of the world, and nobody reaches past the next layer.

use crate::source::{Source, line_of, product};
use crate::tree::none;

/// What a domain may name outside of itself.
const PURE: [&str; 7] = ["std", "kindred_ids", "kindred_eventsourcing", "thiserror", "crate", "self", "super"];

/// What of the standard library is no matter of pure rules.
const IMPURE: [&str; 8] = [
    "std::time::SystemTime",
    "std::time::Instant",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
];

/// What else a domain may name: folder, name, why.
const REVIEWED: &[(&str, &str, &str)] =
    &[("services/notification/src/domain/", "uuid::Uuid", "the id of an event, as the core hands it out")];

/// Where a layer may know what it may not elsewhere: file, module, why.
const NEEDED: &[(&str, &str, &str)] = &[
    ("services/matching/src/projections/introductions.rs", "application", "the field that a text was sealed for"),
    ("services/matching/src/projections/mentors.rs", "application", "the field that a text was sealed for"),
    ("services/matching/src/projections/pairings.rs", "application", "the field that a text was sealed for"),
    ("services/membership/src/projections/directory.rs", "application", "the field that a text was sealed for"),
    (
        "services/posting/src/projections/asked.rs",
        "application",
        "the field that a text was sealed for, and how it opens",
    ),
    ("services/posting/src/projections/conversations.rs", "application", "the field that a text was sealed for"),
    ("services/posting/src/projections/thread/folded.rs", "application", "the field that a text was sealed for"),
    ("services/posting/src/projections/thread_list.rs", "application", "the field that a text was sealed for"),
];

/// Folder (or file) of a service, and the modules that it may not know.
const BLIND: &[(&str, &[&str])] = &[
    ("domain", &["application", "clients", "contract", "grpc", "projections", "reactions", "read_model", "service"]),
    ("contract", &["application", "clients", "grpc", "projections", "reactions", "read_model", "service"]),
    ("application", &["grpc", "reactions", "service"]),
    ("projections", &["application", "grpc", "reactions", "service"]),
    // Use cases say what they need to read; a read model may fulfil that.
    ("read_model", &["grpc", "reactions", "service"]),
    ("grpc", &["reactions", "service"]),
    ("reactions", &["grpc", "service"]),
];

/// The layer of a file of a service: `domain` for `services/posting/src/domain/thread.rs`.
fn layer(path: &str) -> Option<&str> {
    let (_, inside) = path.strip_prefix("services/")?.split_once("/src/")?;
    let (layer, _) = inside.split_once(['/', '.'])?;
    Some(layer)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Paths in the code, such as `std::fmt::Display`, each with its place; `crate::{a, b}`
/// and `crate::a::{b, c}` are spelled out one level deep.
fn paths(code: &str) -> Vec<(usize, String)> {
    let bytes = code.as_bytes();
    let mut paths = Vec::new();
    let mut place = 0;
    while place < bytes.len() {
        let begins =
            is_word(bytes[place]) && (place == 0 || !is_word(bytes[place - 1])) && !code[..place].ends_with("::");
        if !begins {
            place += 1;
            continue;
        }
        let length = code[place..].bytes().take_while(|byte| is_word(*byte) || *byte == b':').count();
        let path = &code[place..place + length];
        if path.contains("::") {
            match path.strip_suffix("::").filter(|_| code[place + length..].starts_with('{')) {
                Some(stem) => paths
                    .extend(group(&code[place + length..]).into_iter().map(|name| (place, format!("{stem}::{name}")))),
                None => paths.push((place, path.to_owned())),
            }
        }
        place += length.max(1);
    }
    paths
}

/// The names of a group `{a, b::c, d::{e, f}}`, their first parts only.
fn group(code: &str) -> Vec<String> {
    let (mut depth, mut names, mut name) = (0, Vec::new(), String::new());
    for character in code.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(std::mem::take(&mut name)),
            other if depth == 1 => name.push(other),
            _ => {}
        }
    }
    names.push(name);
    names.iter().map(|name| name.trim().trim_end_matches("::").to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Names that a domain may not use.
fn impure(source: &Source) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = paths(&source.code)
        .into_iter()
        .filter(|(_, path)| {
            let first = path.split("::").next().unwrap_or_default();
            // A type's own constants and variants are no other crate.
            // A lint that is expected uses nothing.
            if first == "clippy" {
                return false;
            }
            let is_module = first.starts_with(|character: char| character.is_ascii_lowercase());
            let foreign = is_module && (first == "tokio" || !is_local(&source.code, first));
            foreign || IMPURE.iter().any(|name| path.starts_with(name))
        })
        .map(|(place, path)| (line_of(&source.code, place), path))
        .collect();
    let words = ["async ", ".await"].into_iter().flat_map(|word| source.code.match_indices(word));
    found.extend(words.map(|(place, word)| (line_of(&source.code, place), word.trim().to_owned())));
    found
}

/// Whether a first part of a path is of this crate, or a primitive type.
fn is_local(code: &str, first: &str) -> bool {
    const PRIMITIVE: [&str; 12] =
        ["u8", "u16", "u32", "u64", "usize", "i16", "i32", "i64", "f64", "str", "char", "bool"];
    // What a `use` brought in is named by that `use`, which is checked itself.
    let imported = paths(code).into_iter().any(|(_, path)| {
        path.rsplit("::").next() == Some(first) && PURE.contains(&path.split("::").next().unwrap_or_default())
    });
    PURE.contains(&first) || PRIMITIVE.contains(&first) || imported || code.contains(&format!("mod {first}"))
}

#[test]
fn domains_are_pure() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for (file, source) in product().filter(|(file, _)| layer(&file.path) == Some("domain")) {
        seen += 1;
        let reviewed =
            |what: &str| REVIEWED.iter().any(|(folder, name, _)| file.path.starts_with(folder) && *name == what);
        let impure = impure(&source).into_iter().filter(|(_, what)| !reviewed(what));
        broken.extend(impure.map(|(line, what)| format!("{}:{line}: {what}", file.path)));
    }
    assert!(seen > 30, "only {seen} files of domains were found");
    none("a domain uses std, ids, eventsourcing and thiserror", &broken);
}

#[test]
fn impure_names_are_found() {
    let found = |text: &str| impure(&Source::of(text)).into_iter().map(|(_, what)| what).collect::<Vec<_>>();
    assert_eq!(found("use sqlx::PgPool;\nuse std::fmt;\nimpl fmt::Debug for A {}"), ["sqlx::PgPool"]);
    assert_eq!(found("fn f() { std::time::SystemTime::now(); }"), ["std::time::SystemTime::now"]);
    assert_eq!(found("use uuid::{Uuid, Builder};"), ["uuid::Uuid", "uuid::Builder"]);
    assert_eq!(found("async fn f() {}"), ["async"]);
    assert!(
        found("use super::{event::Event, Refusal};\nfn f() { event::g(Event::A, u64::MAX) }\nmod event;").is_empty()
    );
}

/// Modules of the crate that a file names and its layer may not know.
fn past(path: &str, source: &Source) -> Vec<String> {
    let Some((_, hidden)) = layer(path).and_then(|layer| BLIND.iter().find(|(name, _)| *name == layer)) else {
        return Vec::new();
    };
    let names = paths(&source.code).into_iter().filter_map(|(place, named)| {
        let module = named.strip_prefix("crate::")?.split("::").next()?.to_owned();
        let needed = NEEDED.iter().any(|(file, name, _)| *file == path && *name == module);
        (hidden.contains(&module.as_str()) && !needed)
            .then(|| format!("{path}:{}: crate::{module}", line_of(&source.code, place)))
    });
    names.collect()
}

#[test]
fn layers_know_what_is_below_them() {
    let broken: Vec<String> = product().flat_map(|(file, source)| past(&file.path, &source)).collect();
    none("domain ← application ← grpc, domain ← projections, reactions", &broken);
}

#[test]
fn a_layer_that_reaches_up_is_found() {
    let found = |path: &str, text: &str| past(path, &Source::of(text)).len();
    assert_eq!(found("services/posting/src/domain/thread.rs", "use crate::{domain, grpc::Threads};"), 1);
    assert_eq!(found("services/posting/src/application.rs", "use crate::grpc::Threads;"), 1);
    assert_eq!(found("services/posting/src/grpc.rs", "use crate::application::Threads;"), 0);
}
