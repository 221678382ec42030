//! Stored bytes of every (event, version) ever released are read and, where the version is
//! the newest, written again as they were.
//!
//! A file a context under `corpus/`, a line an event: name and version, then its bytes in
//! base64. Lines are added, never changed: they stand in somebody's log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kindred_eventsourcing::Record;

use crate::descriptors::{CONTEXTS, events};
use crate::{readers, samples};

/// The stored lines of a context.
fn stored(context: &str) -> Vec<Record> {
    let text = match context {
        "membership" => include_str!("corpus/membership.txt"),
        "posting" => include_str!("corpus/posting.txt"),
        "matching" => include_str!("corpus/matching.txt"),
        "notification" => include_str!("corpus/notification.txt"),
        other => panic!("no corpus of `{other}`"),
    };
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| parse(line).unwrap_or_else(|| panic!("{context}: `{line}` is no `Event/version base64`")))
        .collect()
}

fn parse(line: &str) -> Option<Record> {
    let (what, bytes) = line.split_once(' ')?;
    let (event_type, version) = what.split_once('/')?;
    let data = STANDARD.decode(bytes).ok()?.into();
    Some(Record { event_type: event_type.to_owned(), version: version.parse().ok()?, data })
}

fn line(record: &Record) -> String {
    format!("{}/{} {}", record.event_type, record.version, STANDARD.encode(&record.data))
}

/// Why a stored record is not as good as on its first day.
fn decay(context: &str, record: &Record) -> Option<String> {
    let name = format!("{context}: {}/{}", record.event_type, record.version);
    match readers::reread(context, record) {
        Err(error) => Some(format!("{name} cannot be read: {error}")),
        Ok(again) if again.event_type != record.event_type || again.version < record.version => {
            Some(format!("{name} became {}/{}", again.event_type, again.version))
        }
        Ok(again) if again.version == record.version && again.data != record.data => {
            Some(format!("{name} is written in other bytes: {}", line(&again)))
        }
        Ok(_) => None,
    }
}

#[track_caller]
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn stored_events_are_read_and_written_as_they_were() {
    let decayed = CONTEXTS.iter().flat_map(|context| {
        let stored = stored(context);
        assert!(!stored.is_empty(), "{context} has no stored events");
        stored.into_iter().filter_map(|record| decay(context, &record)).collect::<Vec<_>>()
    });
    none(&decayed.collect::<Vec<_>>());
}

#[test]
fn every_event_has_stored_bytes_in_its_newest_version() {
    let mut broken = Vec::new();
    for context in CONTEXTS {
        let stored = stored(context);
        for event in events(context) {
            let mut own = stored.iter().filter(|record| record.event_type == event.name());
            // A stored record of any version is written in the newest one.
            let newest = own.clone().find_map(|record| readers::reread(context, record).ok());
            if newest.as_ref().is_none_or(|newest| !own.any(|record| record.version == newest.version)) {
                let sample =
                    Record { event_type: event.name().to_owned(), version: 1, data: samples::filled(event).into() };
                let sample = newest.unwrap_or(sample);
                broken.push(format!("look at this line and append it to corpus/{context}.txt: {}", line(&sample)));
            }
        }
    }
    none(&broken);
}

#[test]
fn stored_events_are_events_of_the_protocol() {
    let mut broken = Vec::new();
    for context in CONTEXTS {
        let events = events(context);
        let stored = stored(context).into_iter();
        let gone = stored.filter(|record| !events.iter().any(|event| event.name() == record.event_type));
        broken.extend(
            gone.map(|record| format!("{context}: `{}` is no event of the protocol any more", record.event_type)),
        );
    }
    none(&broken);
}

#[test]
fn decay_is_seen() {
    let whole = stored("membership").into_iter().find(|record| record.event_type == "TenantCreated").expect("stored");
    assert_eq!(decay("membership", &whole), None);
    let newer = Record { version: 99, ..whole.clone() };
    assert!(decay("membership", &newer).is_some_and(|why| why.contains("no entity of membership knows it")));
    let cut = Record { data: whole.data.slice(..whole.data.len() - 1), ..whole.clone() };
    assert!(decay("membership", &cut).is_some());
    // A field that this code does not know would be lost when it is written again.
    let more = Record { data: [whole.data.as_ref(), &[0xf8, 0x01, 0x07]].concat().into(), ..whole.clone() };
    assert!(decay("membership", &more).is_some_and(|why| why.contains("other bytes")));
    assert!(decay("posting", &whole).is_some());
}
