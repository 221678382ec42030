//! Streams against the heads that a service signed into its log.

use std::path::{Path, PathBuf};

use kindred_service_host::heads::SignedHeads;
use kindred_service_kit::caller::SigningKey;
use serde_json::{Value, json};

use crate::support::{Admin, Platform, path};

/// A platform whose membership has signed heads up to the end of its stream.
struct Audited {
    platform: Platform,
    admin: Admin,
    log: PathBuf,
}

impl Audited {
    async fn new() -> Self {
        let platform = Platform::new().await;
        let (store, admin) = (platform.store().await, Admin::of(&platform.streams, "membership").await);
        let serving = platform.membership(&store).await;
        platform.create("riverside").await;
        serving.signed(1).await;
        platform.create("hillside").await;
        serving.signed(admin.head().await).await;
        let log = serving.log.clone();
        serving.stop().await;
        Self { platform, admin, log }
    }

    async fn verify(&self) -> (i32, Vec<Value>, String) {
        self.verify_with(&self.log, &self.platform.folder).await
    }

    async fn verify_with(&self, heads: &Path, keys: &Path) -> (i32, Vec<Value>, String) {
        let command = ["--output", "json", "audit", "verify", "--heads", path(heads), "--public-key", path(keys)];
        let said = self.platform.on_bus(&command).await;
        let rows: Vec<Value> = serde_json::from_str(&said.out).unwrap_or_default();
        (said.code, rows, said.error)
    }

    /// The error and the findings where something does not hold.
    async fn differs(&self) -> (String, Vec<Value>) {
        let (code, rows, error) = self.verify().await;
        assert_eq!((code, rows.len()), (1, 1), "{error}");
        assert_eq!((&rows[0]["context"], &rows[0]["result"]), (&json!("membership"), &json!("differs")));
        (error, rows[0]["findings"].as_array().expect("findings").clone())
    }

    /// Every head that was signed, last first.
    fn heads(&self) -> Vec<(u8, u64)> {
        let log = std::fs::read_to_string(&self.log).expect("a log");
        let read = log.lines().filter_map(SignedHeads::read).flat_map(|read| read.expect("a line").heads);
        let mut heads: Vec<_> = read.map(|head| (head.partition.number(), head.sequence)).collect();
        heads.sort_unstable_by_key(|(_, sequence)| std::cmp::Reverse(*sequence));
        heads.dedup();
        heads
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.platform.folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

#[tokio::test]
async fn what_was_signed_holds_until_a_commit_is_taken_out() {
    let audited = Audited::new().await;
    let (code, rows, error) = audited.verify().await;
    assert_eq!((code, rows.len()), (0, 1), "{error}");
    assert_eq!((&rows[0]["result"], &rows[0]["findings"]), (&json!("holds"), &json!([])));
    assert!(rows[0]["lines"].as_u64() >= Some(2) && rows[0]["heads"].as_u64() >= Some(2), "{rows:?}");
    assert!(rows[0]["from"].as_i64() < rows[0]["to"].as_i64());

    let (partition, sequence) = audited.heads()[0];
    audited.admin.delete_message(sequence).await;
    let (error, findings) = audited.differs().await;
    assert!(findings.iter().any(|one| one["sequence"] == json!(sequence)), "{findings:?}");
    for word in ["membership", &format!("partition {partition}"), &format!("sequence {sequence}"), "no commit"] {
        assert!(error.contains(word), "no `{word}` in {error}");
    }
}

#[tokio::test]
async fn a_tail_that_was_cut_and_a_history_that_was_changed_are_found() {
    let audited = Audited::new().await;
    let (mut messages, (partition, last)) = (audited.admin.messages().await, audited.heads()[0]);
    audited.admin.recreate(None).await;
    audited.admin.store(&messages[..messages.len() - 1]).await;
    let (error, _) = audited.differs().await;
    for word in [&format!("partition {partition}, sequence {last}"), "the tail was cut"] {
        assert!(error.contains(word), "no `{word}` in {error}");
    }

    let (partition, first) = *audited.heads().last().expect("heads");
    messages.iter_mut().for_each(|message| message.act_as("somebody-else"));
    audited.admin.recreate(None).await;
    audited.admin.store(&messages).await;
    let (error, findings) = audited.differs().await;
    let place = json!({ "partition": partition, "sequence": first });
    let found = |one: &Value| one["partition"] == place["partition"] && one["sequence"] == place["sequence"];
    assert!(findings.iter().any(found) && error.contains("running hash is another one"), "{findings:?}");
}

#[tokio::test]
async fn another_stream_of_the_same_name_is_told_by_its_identity() {
    let audited = Audited::new().await;
    let messages = audited.admin.messages().await;
    audited.admin.delete().await;
    assert_eq!(audited.platform.apply().await.code, 0);
    audited.admin.store(&messages).await;
    let (error, _) = audited.differs().await;
    assert!(error.contains("are of the stream"), "{error}");
}

#[tokio::test]
async fn whoever_did_not_sign_is_not_believed() {
    let audited = Audited::new().await;
    let log = std::fs::read_to_string(&audited.log).expect("a log");
    let key = std::fs::read_to_string(audited.platform.folder.join("membership.pub")).expect("a key");
    let bare = audited.file("bare", &key);
    let by_role = audited.file("by-role", &format!("membership = \"{}\"\n", key.trim()));
    for keys in [&bare, &by_role] {
        assert_eq!(audited.verify_with(&audited.log, keys).await.0, 0);
    }
    let stranger = SigningKey::generate().expect("a key").0.public().to_string();
    let stranger = audited.file("stranger", &stranger);
    let (code, rows, error) = audited.verify_with(&audited.log, &stranger).await;
    assert!(code == 1 && error.contains("signature") && rows[0]["lines"] == json!(0), "{error} {rows:?}");
    let forged = audited.file("forged", &log.replace("\"kindred.heads.at\":1", "\"kindred.heads.at\":2"));
    let (code, _, error) = audited.verify_with(&forged, &audited.platform.folder).await;
    assert!(code == 1 && error.contains("signature of line"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let audited = Audited::new().await;
    let (keys, log) = (audited.platform.folder.clone(), audited.log.clone());
    let others = audited.file("others", "{\"level\":\"INFO\",\"message\":\"hello\"}\nplain text\n");
    let nonsense = audited.file("nonsense", "no key\n");
    let matching =
        audited.file("matching", &format!("matching = {}", SigningKey::generate().expect("a key").0.public()));
    let text = std::fs::read_to_string(&log).expect("a log").replace("kindred.heads.signature", "signature");
    let unsigned = audited.file("unsigned", &text);
    for (heads, keys, words) in [
        (audited.file("empty", ""), keys.clone(), "empty` is empty"),
        (others, keys.clone(), "holds no signed heads"),
        (keys.join("missing"), keys.clone(), "read heads from"),
        (unsigned, keys.clone(), "kindred.heads.signature"),
        (log.clone(), keys.join("missing"), "read public keys from"),
        (log.clone(), nonsense, "line 1 of"),
        (log.clone(), matching, "no public key of `membership`"),
    ] {
        let (code, rows, error) = audited.verify_with(&heads, &keys).await;
        assert!(code == 1 && rows.is_empty() && error.contains(words), "`{words}`: {error}");
    }
}
