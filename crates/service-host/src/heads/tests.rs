//! What is signed is read back as it is, and nothing else counts.

use std::sync::{Arc, Mutex};

use kindred_eventsourcing::{ChainHash, Timestamp};
use kindred_ids::Partition;
use kindred_projections::PartitionHead;
use kindred_service_kit::caller::{Issuer, PublicKey, Role, SigningKey};
use kindred_service_kit::clock::FixedClock;
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What `act` logs, as a service does.
fn logged(act: impl FnOnce()) -> String {
    let (written, layer) = (Written::default(), tracing_subscriber::fmt::layer().json().flatten_event(true));
    let writer = written.clone();
    let subscriber = tracing_subscriber::registry().with(layer.with_writer(move || writer.clone()));
    tracing::subscriber::with_default(subscriber, act);
    let bytes = written.0.lock().expect("no panic").clone();
    String::from_utf8(bytes).expect("UTF-8")
}

fn issuer() -> (Issuer, PublicKey) {
    let (key, _pem) = SigningKey::generate().expect("a key");
    let public = key.public();
    (Issuer::new(Role::Posting, key, Arc::new(FixedClock::default())), public)
}

fn head(partition: u8, sequence: u64, byte: u8) -> PartitionHead {
    PartitionHead {
        partition: Partition::new(partition).expect("a partition"),
        sequence,
        running: ChainHash([byte; 16]),
    }
}

fn signed(issuer: &Issuer) -> SignedHeads {
    let heads = vec![head(0, 1, 7), head(5, u64::MAX, 0), head(63, 300, 255)];
    SignedHeads::sign(issuer, "posting", "0af7651916cd43dd8448eb211c80319c", Timestamp::from_millis(1_800), heads)
}

#[test]
fn heads_of_no_some_and_all_partitions_are_read_back() {
    let all: Vec<PartitionHead> = (0..64).map(|number| head(number, u64::from(number) + 1, number)).collect();
    for heads in [Vec::new(), vec![head(17, 3, 1)], all] {
        let text = encoding::encode(&heads);
        assert_eq!((text.len(), encoding::decode(&text)), (2_048, Some(heads)));
    }
}

#[test]
fn another_text_is_no_heads() {
    let text = encoding::encode(&[head(0, 1, 7)]);
    let without_sequence = format!("AAAAAAAAAAAB{}", &encoding::encode(&[])[12..]);
    for wrong in [&text[..2_044], &format!("{text}AAAA"), &text.replacen('A', "!", 1), "", &without_sequence] {
        assert_eq!(encoding::decode(wrong), None, "{wrong}");
    }
}

#[test]
fn a_line_is_read_back_and_holds_under_its_key_alone() {
    let ((issuer, key), (_, other)) = (issuer(), issuer());
    let heads = signed(&issuer);
    let line = logged(|| heads.write());
    assert_eq!(line.lines().count(), 1, "{line}");
    let read = SignedHeads::read(&line).expect("a line of heads").expect("a whole one");
    assert_eq!(read, heads);
    assert!(read.is_signed_by(&key) && !read.is_signed_by(&other));
}

#[test]
fn whatever_is_changed_in_a_line_no_longer_holds() {
    let (issuer, key) = issuer();
    let line = logged(|| signed(&issuer).write());
    let line: Value = serde_json::from_str(&line).expect("JSON");
    let fields = [attribute::CONTEXT, attribute::STREAM_IDENTITY, attribute::HEADS, attribute::HEADS_SIGNATURE];
    let mut forged = vec![with(&line, attribute::HEADS_AT, Value::from(1_801))];
    for field in fields {
        let text = line[field].as_str().expect("a text");
        for place in 0..text.len() {
            let other = if text.as_bytes()[place] == b'b' { "c" } else { "b" };
            let text = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            forged.push(with(&line, field, Value::from(text)));
        }
    }
    assert!(forged.len() > 2_000);
    for line in forged {
        let holds = SignedHeads::read(&line).expect("a line of heads").is_ok_and(|heads| heads.is_signed_by(&key));
        assert!(!holds, "{line}");
    }
}

fn with(line: &Value, field: &str, value: Value) -> String {
    let mut line = line.clone();
    line[field] = value;
    line.to_string()
}

#[test]
fn a_part_cannot_be_moved_to_the_next() {
    let (issuer, key) = issuer();
    let mut moved = signed(&issuer);
    moved.context = format!("posting\n{}", moved.identity);
    moved.identity = String::new();
    assert!(!moved.is_signed_by(&key));
}

#[test]
fn other_lines_are_none_and_broken_ones_name_the_field() {
    let (issuer, _) = issuer();
    let line = logged(|| signed(&issuer).write());
    let others = logged(|| tracing::info!("about {}", target::AUDIT_HEADS));
    for other in ["", "{", "[]", &others, &line[..line.len() - 9]] {
        assert_eq!(SignedHeads::read(other), None, "{other}");
    }
    let line: Value = serde_json::from_str(&line).expect("JSON");
    for field in [attribute::CONTEXT, attribute::HEADS_AT, attribute::HEADS] {
        let error = SignedHeads::read(&with(&line, field, Value::Null)).expect("heads").expect_err("broken");
        assert!(error.to_string().contains(field), "{error}");
    }
}
