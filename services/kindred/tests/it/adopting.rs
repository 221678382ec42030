//! A service knows its streams; after a restore an operator says that others are meant.

use std::time::Duration;

use kindred_testkit::eventually;
use serde_json::{Value, json};

use crate::support::{Admin, Platform, path};

/// Adopts in one database; what was done.
async fn adopt(platform: &Platform, database: &str, more: &[&str]) -> Vec<Value> {
    let command = ["--output", "json", "streams", "adopt", "--database-url-file", database];
    let said = platform.on_bus(&[&command[..], more].concat()).await;
    said.json().as_array().expect("rows").clone()
}

async fn shows(platform: &Platform, tenants: &[&str]) {
    eventually("the tenants", Duration::from_secs(30), async || {
        platform.tenants().await.filter(|shown| shown == tenants)
    })
    .await;
}

#[tokio::test]
async fn a_stream_made_anew_is_served_once_it_is_adopted_and_read_models_are_its() {
    let platform = Platform::new().await;
    let (ours, other) = (platform.store().await, platform.store().await);
    let serving = platform.membership(&ours).await;
    platform.create("riverside").await;
    platform.create("hillside").await;
    shows(&platform, &["hillside", "riverside"]).await;
    serving.stop().await;

    // The stream that is there now says something else.
    let before = adopt(&platform, ours.url(), &["membership"]).await[0]["identity"].clone();
    Admin::of(&platform.streams, "membership").await.delete().await;
    assert_eq!(platform.apply().await.code, 0);
    let serving = platform.membership(&other).await;
    platform.create("lakeside").await;
    serving.stop().await;
    let refused = platform.spawn("membership", &ours).refused().await;
    for word in ["EVT_MEMBERSHIP", before.as_str().expect("an identity"), "kindred streams adopt"] {
        assert!(refused.contains(word), "no `{word}` in {refused}");
    }

    let rows = adopt(&platform, ours.url(), &[]).await;
    let changes: Vec<_> = rows.iter().map(|row| (row["stream"].as_str(), row["change"].as_str())).collect();
    assert_eq!(changes[0], (Some("EVT_MEMBERSHIP"), Some("adopted")));
    assert!(changes.len() == 4 && changes[1..].iter().all(|(_, change)| *change == Some("first")), "{changes:?}");
    assert_eq!((&rows[0]["before"], &rows[1]["before"]), (&before, &Value::Null));
    assert_ne!(rows[0]["identity"], before);
    let again = adopt(&platform, ours.url(), &[]).await;
    assert!(again.iter().all(|row| row["change"] == json!("unchanged")), "{again:?}");

    let serving = platform.membership(&ours).await;
    shows(&platform, &["lakeside"]).await;
    platform.create("riverside").await;
    shows(&platform, &["lakeside", "riverside"]).await;
    serving.stop().await;
}

#[tokio::test]
async fn a_stream_restored_from_a_copy_of_itself_is_adopted_on_demand() {
    let platform = Platform::new().await;
    let (ours, admin) = (platform.store().await, Admin::of(&platform.streams, "membership").await);
    let serving = platform.membership(&ours).await;
    platform.create("riverside").await;
    let backup = admin.messages().await;
    platform.create("hillside").await;
    shows(&platform, &["hillside", "riverside"]).await;
    serving.stop().await;
    admin.recreate(None).await;
    admin.store(&backup).await;
    assert_eq!(adopt(&platform, ours.url(), &["membership"]).await[0]["change"], json!("unchanged"));
    let rows = adopt(&platform, ours.url(), &["membership", "--rebuild"]).await;
    assert_eq!((rows.len(), &rows[0]["change"]), (1, &json!("adopted")));
    let serving = platform.membership(&ours).await;
    shows(&platform, &["riverside"]).await;
    serving.stop().await;
}

#[tokio::test]
async fn a_stream_that_is_only_followed_is_known_again_as_well() {
    let platform = Platform::new().await;
    let store = platform.store().await;
    let serving = platform.spawn("posting", &store);
    serving.address().await;
    serving.stop().await;
    Admin::of(&platform.streams, "membership").await.delete().await;
    assert_eq!(platform.apply().await.code, 0);
    let refused = platform.spawn("posting", &store).refused().await;
    assert!(refused.contains("EVT_MEMBERSHIP") && refused.contains("kindred streams adopt"), "{refused}");
    let rows = adopt(&platform, store.url(), &["posting", "membership"]).await;
    assert_eq!((&rows[0]["change"], &rows[1]["change"]), (&json!("unchanged"), &json!("adopted")));
    let serving = platform.spawn("posting", &store);
    serving.address().await;
    serving.stop().await;
}

#[tokio::test]
async fn what_cannot_be_adopted_is_named_and_nothing_is_changed() {
    let platform = Platform::new().await;
    let store = platform.store().await;
    let command = ["streams", "adopt", "--database-url-file", store.url()];
    let adopt = async |more: &[&str]| platform.on_bus(&[&command[..], more].concat()).await;

    let unknown = adopt(&["membership", "postings"]).await;
    assert_eq!(unknown.code, 2);
    assert!(unknown.error.contains("postings") && unknown.error.contains("notification"), "{unknown:?}");

    let serving = platform.membership(&store).await;
    let running = adopt(&["membership", "--rebuild"]).await;
    assert_eq!(running.code, 1);
    assert!(running.error.contains("EVT_MEMBERSHIP") && running.error.contains("stop it first"), "{running:?}");
    serving.stop().await;

    let admin = Admin::of(&platform.streams, "membership").await;
    admin.recreate(Some(json!({ "kindred-schema": "1" }))).await;
    let nameless = adopt(&["membership"]).await;
    assert_eq!(nameless.code, 1);
    assert!(nameless.error.contains("`EVT_MEMBERSHIP` has no identity"), "{nameless:?}");
    assert_eq!(platform.apply().await.code, 0);

    Admin::of(&platform.streams, "matching").await.delete().await;
    let missing = adopt(&[]).await;
    assert_eq!(missing.code, 1);
    assert!(missing.error.contains("`EVT_MATCHING` does not exist"), "{missing:?}");

    let nowhere = platform.folder.join("nowhere");
    kindred::keys::write_secret(&nowhere, "postgres://nobody@127.0.0.1:1/nothing").expect("a file");
    let more = ["streams", "adopt", "--database-url-file", path(&nowhere), "posting"];
    let nobody = platform.on_bus(&more).await;
    assert_eq!(nobody.code, 1);
    assert!(nobody.error.contains("adopt stream `EVT_POSTING`"), "{nobody:?}");
}
