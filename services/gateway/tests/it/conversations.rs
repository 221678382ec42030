//! Conversations of two: page by page, and by a program.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::{Browser, Program, command, value_of};
use super::fake::id;
use super::site::Site;

#[tokio::test]
async fn two_who_have_met_write_to_each_other_until_one_leaves() {
    let site = Site::start("127.0.0.1:0").await;
    site.fake.world().chats.clear();
    let (mut patient, mut mentor) = (Browser::of(&site, "patient"), Browser::of(&site, "mentor"));
    let (me, other) = (id(0x0e, 0), id(0x0e, 2));
    let opened = patient.submit("/introductions", "/conversations", &[("member", &other)]).await;
    let path = opened.header("location").to_owned();
    assert!(patient.follow(&opened).await.text.contains("You and <bdi>morning-walker</bdi>"));
    let send = format!("{path}/messages");
    let sent = patient.submit(&path, &send, &[("text", "Hello **you**\r\nthere")]).await;
    assert!(sent.header("location").contains("#m"), "{}", sent.header("location"));
    let shown = patient.follow(&sent).await.text;
    assert!(shown.contains("Your message is there.") && shown.contains("<strong>you</strong>"), "{shown}");
    let same = mentor.submit("/introductions", "/conversations", &[("member", &me)]).await;
    assert_eq!(same.header("location"), path, "from both sides it is the same one");
    assert!(mentor.get("/conversations").await.text.contains("Hello you"));

    let mine = site.fake.world().chats.values().next().unwrap().messages[0].0.clone();
    let conversation = path.trim_start_matches("/conversations/").to_owned();
    let take_out = format!("/messages/{mine}/delete");
    assert!(!mentor.get(&path).await.text.contains(&take_out), "nobody takes out another's words");
    let gone = patient.submit(&path, &take_out, &[("conversation", &conversation)]).await;
    assert!(patient.follow(&gone).await.text.contains("This was taken out."));

    let left = mentor.submit(&path, &format!("{path}/leave"), &[]).await;
    assert!(mentor.follow(&left).await.text.contains("No conversation yet"));
    let form = shown.split("<form").find(|form| form.contains(&send)).unwrap();
    let csrf = ("csrf".to_owned(), value_of(form, "csrf"));
    let command = ("command".to_owned(), command());
    let late = [csrf, command, ("text".to_owned(), "Are you there?".to_owned())];
    let refused = patient.post(&send, &late).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("They are not here any more.") && refused.text.contains("Are you there?"));
    let back = mentor.submit(&path, "/conversations", &[("member", &me)]).await;
    assert_eq!(back.header("location"), path);
    assert!(patient.get(&path).await.text.contains("id=\"write\""));
}

#[tokio::test]
async fn a_message_in_the_inbox_leads_to_its_conversation() {
    let site = Site::start("127.0.0.1:0").await;
    let mut patient = Browser::of(&site, "patient");
    let item = kindred_proto::notification::InboxItem {
        item_id: id(0x1b, 9),
        kind: kindred_proto::notification::NotificationKind::Message.into(),
        actor_id: id(0x0e, 2),
        subject_id: id(0xca, 0),
        at: 1,
        ..Default::default()
    };
    site.fake.world().inbox = vec![(id(0x0e, 0), item)];
    assert!(patient.get("/inbox").await.text.contains("wrote to you"));
    let subject = id(0xca, 0);
    let open = format!("/inbox/{}/open", id(0x1b, 9));
    let opened = patient.submit("/inbox", &open, &[("kind", "message"), ("subject", &subject)]).await;
    assert_eq!(opened.header("location"), format!("/conversations/{subject}"));
}

#[tokio::test]
async fn a_program_opens_writes_reads_takes_out_and_leaves() {
    let site = Site::start("127.0.0.1:0").await;
    let patient = Program::of(&site, "patient");
    let opened =
        patient.send(Method::POST, "/conversations", json!({"command_id": command(), "member_id": id(0x0e, 2)})).await;
    let conversation = format!("/conversations/{}", opened.json()["id"].as_str().unwrap());
    let said = json!({"command_id": command(), "text": "At ten."});
    let written = patient.send(Method::POST, &format!("{conversation}/messages"), said).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.text);
    let messages = patient.get(&conversation).await.json();
    let last = messages["messages"]["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["text"].as_str(), messages["with"]["handle"].as_str()), (Some("At ten."), Some("morning-walker")));
    let message = format!("/messages/{}", written.json()["id"].as_str().unwrap());
    let out = patient.plain(patient.request(Method::DELETE, &message).header("idempotency-key", command())).await;
    assert_eq!(out.status, StatusCode::OK, "{}", out.text);
    let left = patient.send(Method::POST, &format!("{conversation}/leave"), json!({"command_id": command()})).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.text);
}

#[tokio::test]
async fn nobody_reads_the_conversation_of_others_or_opens_one_unmet() {
    let site = Site::start("127.0.0.1:0").await;
    let newcomer = Program::of(&site, "newcomer");
    let others = newcomer.get(&format!("/conversations/{}", id(0xca, 0))).await;
    assert_eq!(
        (others.status, others.json()["reason"].as_str()),
        (StatusCode::NOT_FOUND, Some("CONVERSATION_UNKNOWN"))
    );
    let wanted = json!({"command_id": command(), "member_id": id(0x0e, 2)});
    let unmet = newcomer.send(Method::POST, "/conversations", wanted).await;
    assert_eq!(
        (unmet.status, unmet.json()["reason"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("NOT_INTRODUCED"))
    );
    assert_eq!(newcomer.get("/conversations").await.json()["items"], json!([]));
}
