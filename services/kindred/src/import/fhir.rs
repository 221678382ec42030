//! Reads FHIR R4 as servers export it: Patient and Condition, line by line or in bundles.
//!
//! Of a patient only what a pseudonymous member needs is kept: id, language and the first
//! digits of the postal code. Names, dates of birth and addresses are not read at all.

mod resource;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

use resource::Resource;

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;
/// The largest bundle that is read, in bytes.
const LARGEST_BUNDLE: u64 = 256 * 1024 * 1024;

/// A coded condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// `snomed|<code>` or `icd10cm|<code>`.
    pub value: String,
    /// Plain words for it.
    pub label: String,
}

/// What is taken of a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    /// The server's id.
    pub id: String,
    /// BCP 47 language tag.
    pub language: Option<String>,
    /// First three digits of the postal code.
    pub area: Option<String>,
    /// Conditions that are not over, each once, by code.
    pub conditions: Vec<Code>,
}

/// A line or entry that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub file: PathBuf,
    /// Line of an NDJSON file or number of a bundle's entry, from 1.
    pub line: usize,
    /// Why; never what the line holds.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file.display(), self.line, self.reason)
    }
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Read {
    /// Patients in order of their ids.
    pub patients: Vec<Patient>,
    /// What was left out.
    pub broken: Vec<Broken>,
}

#[derive(Default)]
struct Gathered {
    patients: BTreeMap<String, Patient>,
    conditions: HashMap<String, BTreeMap<String, Code>>,
    /// Where each condition stands, for those whose patient never comes.
    places: Vec<(String, PathBuf, usize)>,
    broken: Vec<Broken>,
}

/// Reads every `.ndjson`, `.ndjson.gz` and `.json` file of a folder, in order of their names.
///
/// # Errors
///
/// If the folder or a file cannot be read at all; what is wrong inside is reported in [`Read::broken`].
pub fn read_folder(folder: &Path) -> anyhow::Result<Read> {
    let attempt = || format!("read folder `{}`", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(attempt)? {
        files.push(entry.with_context(attempt)?.path());
    }
    files.sort();
    let mut gathered = Gathered::default();
    for file in files.iter().filter(|file| file.is_file()) {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let attempt = || format!("read `{}`", file.display());
        if name.ends_with(".ndjson") {
            gathered.lines(file, BufReader::new(File::open(file).with_context(attempt)?));
        } else if name.ends_with(".ndjson.gz") {
            gathered.lines(file, BufReader::new(MultiGzDecoder::new(File::open(file).with_context(attempt)?)));
        } else if name.ends_with(".json") {
            gathered.bundle(file, File::open(file).with_context(attempt)?);
        }
    }
    Ok(gathered.finish())
}

impl Gathered {
    fn lines(&mut self, file: &Path, mut reader: impl BufRead) {
        let (mut line, mut buffer) = (0, Vec::new());
        loop {
            line += 1;
            buffer.clear();
            let read = (&mut reader).take(LONGEST_LINE + 1).read_until(b'\n', &mut buffer);
            match read {
                Ok(0) => return,
                Ok(_) if buffer.len() as u64 > LONGEST_LINE => {
                    self.broken(
                        file,
                        line,
                        format!("line is longer than {LONGEST_LINE} bytes; the rest of the file is left out"),
                    );
                    return;
                }
                Ok(_) if buffer.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => match serde_json::from_slice::<Value>(&buffer) {
                    Ok(value) => self.resource(file, line, &value),
                    Err(error) => self.broken(file, line, format!("not JSON at column {}", error.column())),
                },
                Err(error) => {
                    self.broken(
                        file,
                        line,
                        format!("cannot be read: {}; the rest of the file is left out", error.kind()),
                    );
                    return;
                }
            }
        }
    }

    fn bundle(&mut self, file: &Path, reader: File) {
        let mut bytes = Vec::new();
        if let Err(error) = reader.take(LARGEST_BUNDLE + 1).read_to_end(&mut bytes) {
            return self.broken(file, 1, format!("cannot be read: {}", error.kind()));
        }
        if bytes.len() as u64 > LARGEST_BUNDLE {
            return self.broken(file, 1, format!("bundle is larger than {LARGEST_BUNDLE} bytes"));
        }
        let value: Value = match serde_json::from_slice(&bytes) {
            Ok(value) => value,
            Err(error) => return self.broken(file, error.line(), format!("not JSON at column {}", error.column())),
        };
        if value["resourceType"] != "Bundle" {
            return self.resource(file, 1, &value);
        }
        for (index, entry) in value["entry"].as_array().into_iter().flatten().enumerate() {
            self.resource(file, index + 1, &entry["resource"]);
        }
    }

    fn resource(&mut self, file: &Path, line: usize, value: &Value) {
        match Resource::read(value) {
            Ok(Resource::Patient(patient)) => drop(self.patients.insert(patient.id.clone(), patient)),
            Ok(Resource::Condition { patient, code: Some(code) }) => {
                self.places.push((patient.clone(), file.to_owned(), line));
                let _same = self.conditions.entry(patient).or_default().insert(code.value.clone(), code);
            }
            Ok(Resource::Condition { patient, code: None }) => self.places.push((patient, file.to_owned(), line)),
            Ok(Resource::Other) => {}
            Err(reason) => self.broken(file, line, reason),
        }
    }

    fn broken(&mut self, file: &Path, line: usize, reason: String) {
        self.broken.push(Broken { file: file.to_owned(), line, reason });
    }

    fn finish(mut self) -> Read {
        for (patient, file, line) in std::mem::take(&mut self.places) {
            if !self.patients.contains_key(&patient) {
                self.broken(&file, line, "`subject.reference` names a patient that no file holds".to_owned());
            }
        }
        let mut conditions = self.conditions;
        let patients = self.patients.into_values().map(|mut patient| {
            patient.conditions = conditions.remove(&patient.id).unwrap_or_default().into_values().collect();
            patient
        });
        Read { patients: patients.collect(), broken: self.broken }
    }
}

#[cfg(test)]
mod tests;
