//! What is read of FHIR, and how broken lines are named.

use std::io::Write as _;

use super::*;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Canary"}],"birthDate":"1970-01-01","address":[{"postalCode":"91911"}],"communication":[{"language":{"coding":[{"code":"es"}]}}]}"#;

fn condition(patient: &str, code: &str, status: &str) -> String {
    format!(
        r#"{{"resourceType":"Condition","id":"c-{code}","clinicalStatus":{{"coding":[{{"code":"{status}"}}]}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}","display":"Some (disorder)"}}]}},"subject":{{"reference":"Patient/{patient}"}}}}"#
    )
}

fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("kindred-fhir-{name}-{}", std::process::id()));
    let _old = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("a file");
    }
    folder
}

#[test]
fn broken_lines_are_named_and_the_rest_is_read() {
    let conditions = [
        condition("p1", "44054006", "active"),
        "{\"resourceType\":\"Condition\"".to_owned(),
        condition("nobody", "44054006", "active"),
        String::new(),
        condition("p1", "65363002", "resolved"),
        r#"{"resourceType":"Condition","id":"c9","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"http://loinc.org","code":"1"}]}}"#.to_owned(),
    ];
    let folder = folder(
        "broken",
        &[
            ("Patient.ndjson", format!("{PATIENT}\n{{\"id\":1}}\n").as_bytes()),
            ("Condition.ndjson", conditions.join("\n").as_bytes()),
        ],
    );
    let read = read_folder(&folder).expect("readable");
    let patient = &read.patients[0];
    assert_eq!((patient.area.as_deref(), patient.language.as_deref()), (Some("919"), Some("es")));
    assert_eq!(patient.conditions, [Code { value: "snomed|44054006".to_owned(), label: "Some".to_owned() }]);
    let mut broken: Vec<String> = read
        .broken
        .iter()
        .map(|one| {
            format!(
                "{}:{}: {}",
                one.file.file_name().and_then(|name| name.to_str()).expect("a name"),
                one.line,
                one.reason
            )
        })
        .collect();
    broken.sort();
    assert_eq!(broken.len(), 4, "{broken:?}");
    assert!(broken[0].starts_with("Condition.ndjson:2: not JSON at column"), "{broken:?}");
    assert!(broken[1].starts_with("Condition.ndjson:3: `subject.reference` names a patient"), "{broken:?}");
    assert!(broken[2].starts_with("Condition.ndjson:6: `code.coding` holds no code"), "{broken:?}");
    assert!(broken[3].starts_with("Patient.ndjson:2: `resourceType` is missing"), "{broken:?}");
    assert!(!format!("{read:?}").contains("Canary"), "a name was kept");
}

#[test]
fn bundles_and_gzipped_lines_hold_the_same() {
    let entries = format!(
        r#"{{"resourceType":"Bundle","entry":[{{"resource":{PATIENT}}},{{"resource":{}}}]}}"#,
        condition("p1", "44054006", "active")
    );
    let bundle = read_folder(&folder("bundle", &[("all.json", entries.as_bytes())])).expect("readable");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writeln!(gzip, "{PATIENT}\n{}", condition("p1", "44054006", "active")).expect("compresses");
    let lines =
        read_folder(&folder("gzip", &[("all.ndjson.gz", &gzip.finish().expect("compresses"))])).expect("readable");
    assert_eq!(bundle.patients, lines.patients);
    assert!(bundle.broken.is_empty() && lines.broken.is_empty());
}

#[test]
fn a_cut_gzip_file_is_reported_not_fatal() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writeln!(gzip, "{PATIENT}").expect("compresses");
    let bytes = gzip.finish().expect("compresses");
    let read = read_folder(&folder("cut", &[("all.ndjson.gz", &bytes[..bytes.len() / 2])])).expect("readable");
    assert_eq!(read.broken.len(), 1, "{:?}", read.broken);
}
