//! The message around the events: its body is `kindred.log.v1.Commit` though the core
//! writes it by hand, and a stored message keeps its meaning and its hash.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, NewCommit, REDACTION_TYPE, RESERVATION_TYPES, Record, RecordedCommit, Redaction,
    RequestHash, ReservationTail, Timestamp, header,
};
use kindred_ids::CommandId;
use kindred_proto::log as proto;
use prost::Message as _;

use crate::descriptors::{CONTEXTS, events};

fn records() -> Vec<Record> {
    let record = |event_type: &str, version, data: &'static [u8]| Record {
        event_type: event_type.to_owned(),
        version,
        data: data.into(),
    };
    vec![record("MemberSuspended", 1, b"\x10\x07"), record("Later", 300, b""), record("", 0, &[0xff; 200])]
}

fn meta() -> CommitMeta {
    let command_id = CommandId::derived(&[b"a command"]);
    CommitMeta {
        command_id,
        version: 1,
        previous: ChainHash::START,
        actor: Actor::anonymous(),
        causation: None,
        correlation: command_id.as_uuid(),
        request_hash: "00112233445566778899aabbccddeeff".parse::<RequestHash>().expect("32 digits"),
        at: Timestamp::from_millis(1_700_000_000_000),
        trace: None,
    }
}

fn as_proto(records: &[Record]) -> proto::Commit {
    let records = records.iter().map(|record| proto::Record {
        event_type: record.event_type.clone(),
        version: record.version,
        data: record.data.clone(),
    });
    proto::Commit { schema: 1, records: records.collect() }
}

#[test]
fn the_body_is_the_commit_of_the_protocol() {
    for count in 1..=records().len() {
        let records = records()[..count].to_vec();
        let commit = NewCommit { meta: meta(), records: records.clone() };
        assert_eq!(commit.body().as_ref(), as_proto(&records).encode_to_vec());
        assert_eq!(proto::Commit::decode(commit.body()), Ok(as_proto(&records)));
    }
}

/// A message as a log holds it: `name: value` a line, the body in base64.
struct Stored {
    lines: BTreeMap<&'static str, &'static str>,
}

impl Stored {
    fn all() -> Vec<Self> {
        let blocks = include_str!("corpus/commits.txt").split("\n\n");
        let parse = |block: &'static str| {
            let lines = block.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
            Self {
                lines: lines.map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""))).collect(),
            }
        };
        let stored: Vec<Self> = blocks.map(parse).filter(|stored| !stored.lines.is_empty()).collect();
        assert!(stored.len() >= 3, "only {} stored messages", stored.len());
        stored
    }

    /// The first message that holds such an event.
    fn of_type(event_type: &str) -> RecordedCommit {
        let all = Self::all().into_iter().map(|stored| stored.read());
        all.into_iter().find(|commit| commit.records[0].event_type == event_type).expect("stored")
    }

    fn line(&self, name: &str) -> &'static str {
        self.lines.get(name).unwrap_or_else(|| panic!("a stored message lacks `{name}`"))
    }

    fn body(&self) -> Vec<u8> {
        STANDARD.decode(self.line("body")).expect("base64")
    }

    fn read(&self) -> RecordedCommit {
        let get = |name: &str| self.lines.get(name).copied();
        RecordedCommit::read(7, self.line("subject"), get, self.body().into()).expect("a stored message is read")
    }
}

#[test]
fn stored_messages_keep_their_hash_and_are_written_as_they_were() {
    for stored in Stored::all() {
        let read = stored.read();
        assert_eq!(read.hash.to_string(), stored.line("hash"));
        let context = stored.line("subject").split('.').nth(1).expect("a context");
        assert_eq!(read.key.subject(context), stored.line("subject"));
        let written = NewCommit { meta: read.meta.clone(), records: read.records.clone() };
        assert_eq!(written.body().as_ref(), stored.body());
        for (name, value) in written.headers() {
            assert_eq!(value, stored.line(name), "{name}");
        }
        assert_eq!(written.message_id(&read.key), stored.line("message-id"));
        assert_eq!(read.event_id(0).simple().to_string(), stored.line("first-event"));
    }
}

#[test]
fn every_header_and_the_body_count_in_the_hash() {
    for stored in Stored::all() {
        let hash = stored.read().hash;
        for name in header::ORDER {
            let get = |asked: &str| match stored.lines.get(asked).copied() {
                Some(value) if asked == name => Some(format!("{value}0")),
                value => value.map(str::to_owned),
            };
            let values: Vec<(&'static str, String)> =
                header::ORDER.iter().filter_map(|one| Some((*one, get(one)?))).collect();
            let headers = values.iter().map(|(name, value)| (*name, value.as_str()));
            assert_ne!(ChainHash::of(stored.line("subject"), headers, &stored.body()), hash, "{name}");
        }
    }
}

#[test]
fn stored_reservations_say_who_holds_the_name() {
    let claimed = ReservationTail::read(Some(&Stored::of_type("Claimed"))).expect("read");
    let ReservationTail::Held(holder) = claimed else { panic!("a claim is {claimed:?}") };
    assert!(holder.contains("member"), "{holder}");
    assert_eq!(ReservationTail::read(Some(&Stored::of_type("Released"))), Ok(ReservationTail::Free));
}

#[test]
fn stored_redactions_say_what_was_removed() {
    let naming = Stored::of_type(REDACTION_TYPE);
    let redaction = Redaction::read(&naming.records[0]).expect("read");
    let removed = RecordedCommit { sequence: 12, ..Stored::all()[1].read() };
    assert!(redaction.names(&removed) && redaction.key == naming.key, "{redaction:?}");
    assert_eq!(redaction.order, "AG Köln, 12 C 7/26");
    let marker = Stored::all().into_iter().map(|stored| stored.read()).find(|commit| commit.key == redaction.marker());
    assert_eq!(marker.expect("its marker is stored").records, naming.records);
    assert_eq!(redaction.record("membership"), naming.records[0]);
}

#[test]
fn a_redaction_is_the_message_of_the_protocol() {
    let record = &Stored::of_type(REDACTION_TYPE).records[0];
    let redaction = Redaction::read(record).expect("read");
    let message = proto::Redacted {
        subject: redaction.key.subject("membership"),
        sequence: redaction.sequence,
        version: redaction.version,
        commit_hash: redaction.hash.0.to_vec().into(),
        previous_hash: redaction.previous.0.to_vec().into(),
        command_id: redaction.command_id.to_string(),
        request_hash: redaction.request_hash.0.to_vec().into(),
        actor_id: redaction.actor.0,
        order: redaction.order,
    };
    assert_eq!(message.encode_to_vec(), record.data);
}

#[test]
fn no_context_has_an_event_of_the_core() {
    for event in CONTEXTS.iter().flat_map(|context| events(context)) {
        let name = event.name();
        assert!(name != REDACTION_TYPE && !RESERVATION_TYPES.contains(&name), "`{name}` is the core's own");
    }
}
