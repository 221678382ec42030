//! Names of spans and of their attributes are constants, declared once for each crate in
//! `telemetry.rs`. Span macros take literals only, so the literals are compared here.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Source, line_of, product};
use crate::tree::none;

/// Names that all crates may use.
const SHARED: &str = "crates/service-kit";

/// The spans of a call's arrival, one place each; their shown name is the call's.
const AT_THE_EDGE: [&str; 2] = ["grpc.server.call", "http.server.request"];

/// What opens a span.
const MACROS: [&str; 6] = ["instrument(", "trace_span!(", "debug_span!(", "info_span!(", "warn_span!(", "error_span!("];

/// The texts of all `const NAME: &str`.
fn constants(source: &Source) -> BTreeSet<String> {
    let names = source.code.match_indices("const ").filter_map(|(begin, _)| {
        let (declared, value) = source.spoken[begin..].split_once(';')?.0.split_once('=')?;
        let text = value.trim().strip_prefix('"')?.strip_suffix('"')?;
        declared.contains("&str").then(|| text.to_owned())
    });
    names.collect()
}

/// Names of spans and of our own attributes, each with its line.
fn used(source: &Source) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (begin, opening) in MACROS.iter().flat_map(|opening| source.code.match_indices(opening)) {
        let inside = begin + opening.len();
        let end = inside + closing(&source.code[inside..]);
        let line = line_of(&source.code, begin);
        let name = source.spoken[inside..end].split('"').nth(1).filter(|_| source.code[inside..end].contains('"'));
        used.extend(name.map(|name| (line, name.to_owned())));
        let words = source.code[inside..end]
            .split(|character: char| !(character.is_ascii_alphanumeric() || "._".contains(character)));
        used.extend(words.filter(|word| word.starts_with("kindred.")).map(|word| (line, word.to_owned())));
    }
    used
}

/// Where the bracket that is open ends.
fn closing(code: &str) -> usize {
    let mut depth = 1;
    let end = code.bytes().position(|byte| {
        depth += match byte {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        depth == 0
    });
    end.unwrap_or(code.len())
}

#[test]
fn spans_and_attributes_have_declared_names() {
    let mut declared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let files: Vec<_> = product().collect();
    for (file, source) in &files {
        if file.path.contains("/src/telemetry") {
            declared.entry(file.package().to_owned()).or_default().extend(constants(source));
        }
    }
    let shared = declared.get(SHARED).cloned().unwrap_or_default();
    assert!(shared.len() > 5, "the shared names were not found");
    let mut broken = Vec::new();
    for (file, source) in &files {
        let own = declared.get(file.package());
        for (line, name) in used(source) {
            let known = shared.contains(&name) || AT_THE_EDGE.contains(&name.as_str());
            if !known && !own.is_some_and(|own| own.contains(&name)) {
                broken.push(format!("{}:{line}: `{name}` is no constant of its crate's `telemetry.rs`", file.path));
            }
        }
    }
    none("names of spans and attributes are declared", &broken);
}

#[test]
fn an_undeclared_name_is_found() {
    let source = Source::of(
        "#[tracing::instrument(name = \"log.open\", skip_all, fields(kindred.context = f(a)))]\nfn g() { info_span!(\n\"b.c\", x = 1) }",
    );
    let names: Vec<String> = used(&source).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["log.open", "kindred.context", "b.c"]);
    let declared = constants(&Source::of("/// It.\npub const OPEN: &str = \"log.open\";\nconst N: usize = 4;"));
    assert_eq!(declared, BTreeSet::from(["log.open".to_owned()]));
}
