//! How people find each other in the five communities that a programme runs, each as its
//! people would, over the API of a whole platform.

use std::time::Duration;

use kindred_sentences::tiny;
use kindred_tests::client::Client;
use kindred_tests::platform::{Demo, free_port};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(30);

/// The demo's people by their part.
struct Cast(Vec<Client>);

impl Cast {
    fn get(&self, role: &str) -> &Client {
        self.0.iter().find(|one| one.persona.role == role).unwrap_or_else(|| panic!("no persona is the {role}"))
    }
}

fn list<'a>(answer: &'a Value, field: &str) -> &'a [Value] {
    answer[field].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// The matches of somebody; in each the reasons add up to the score.
async fn people(client: &Client) -> Vec<Value> {
    let found = client
        .until("/people", SOON, |found| found["stale"] == false && !list(found, "matches").is_empty())
        .await
        .expect("people like them");
    for one in list(&found, "matches") {
        let sum: u64 = list(one, "reasons").iter().filter_map(|reason| reason["weight"].as_u64()).sum();
        assert_eq!(Some(sum), one["score"].as_u64(), "{one}");
    }
    list(&found, "matches").to_vec()
}

fn member(found: &Value) -> &str {
    text(&found["member"], "member_id")
}

fn has(found: &Value, kind: &str, words: &str) -> bool {
    list(found, "reasons").iter().any(|reason| reason["kind"] == kind && text(reason, "text").contains(words))
}

async fn say(client: &Client, fields: &[(&str, &str, &str)]) {
    let fields: Vec<Value> = fields
        .iter()
        .map(|(kind, value, visibility)| json!({"kind": kind, "value": value, "label": "", "visibility": visibility}))
        .collect();
    client.command("PUT", "/me/profile", json!({ "fields": fields })).await.expect("a profile");
}

async fn agree(client: &Client, purpose: &str, agrees: bool) {
    let body = json!({ "purpose": purpose, "agrees": agrees });
    client.command("PUT", "/me/consent", body).await.expect("a consent");
}

/// What they asked, as far as they may know.
async fn asked(client: &Client, of: &Client) -> Option<Value> {
    let all = client.get("/introductions?size=100").await.expect("a list");
    let of = of.persona.member_id.as_str();
    list(&all, "items").iter().find(|one| text(&one["to"], "member_id") == of).cloned()
}

async fn ask(client: &Client, of: &Client) -> String {
    let body = json!({ "member_id": of.persona.member_id, "note": "May we talk?" });
    let accepted = client.command("POST", "/introductions", body).await.expect("asked");
    text(&accepted, "id").to_owned()
}

async fn answer(client: &Client, introduction: &str, accept: bool) {
    let from = |all: &Value| list(all, "items").iter().any(|one| text(one, "introduction_id") == introduction);
    client.until("/introductions?size=100", SOON, from).await.expect("the question arrives");
    let body = json!({ "accept": accept });
    client.command("POST", &format!("/introductions/{introduction}/answer"), body).await.expect("answered");
}

/// Professionals of one niche: who can help with what somebody looks for.
async fn a_society_around_a_conference(cast: &Cast) {
    let (attendee, organizer) = (cast.get("attendee"), cast.get("organizer"));
    say(attendee, &[("want", "speaker coaching", "tenant"), ("offer", "launch budgets", "tenant")]).await;
    let found = people(attendee).await;
    assert!(has(&found[0], "offer", "They can help with speaker coaching, which you look for"), "{}", found[0]);
    assert!(found.iter().any(|one| member(one) == organizer.persona.member_id), "the organizer can help, too");
    let question = ask(attendee, organizer).await;
    let first = people(organizer).await.remove(0);
    assert!(member(&first) == attendee.persona.member_id && has(&first, "asked", "They asked to meet you"), "{first}");
    answer(organizer, &question, false).await;
    assert!(people(organizer).await.iter().all(|one| member(one) != attendee.persona.member_id));
    let seen = asked(attendee, organizer).await.expect("their own question");
    assert_eq!(text(&seen, "state"), "open", "that it was declined is not told");
    assert!(
        people(attendee).await.iter().all(|one| member(one) != organizer.persona.member_id),
        "asked once is enough"
    );
}

/// Patients of one condition: by condition, treatment and stage, with words of theirs.
async fn patients_of_one_condition(cast: &Cast) {
    let patient = cast.get("patient");
    let found = people(patient).await;
    assert!(found.iter().any(|one| has(one, "condition", "You both live with Hashimoto's thyroiditis")));
    assert!(found.iter().any(|one| has(one, "community", "You are in the same community")));
    assert!(found.iter().any(|one| !list(one, "sample_posts").is_empty()), "words of theirs that may be read");
    let first = member(&found[0]).to_owned();
    patient.command("POST", "/me/blocks", json!({ "member_id": first })).await.expect("blocked");
    assert!(people(patient).await.iter().all(|one| member(one) != first), "gone with the block");
    patient.command("DELETE", &format!("/me/blocks/{first}"), json!({})).await.expect("unblocked");
    assert!(people(patient).await.iter().any(|one| member(one) == first));
    agree(patient, "inference", true).await;
    let profile = patient.get("/me/profile").await.expect("a profile");
    assert_eq!(profile["consents"], json!({"matching": true, "inference": true, "text": false, "outcomes": false}));
    agree(patient, "matching", false).await;
    let none = patient.get("/people").await.expect("an answer");
    assert!(list(&none, "matches").is_empty() && none["matching"] == false);
    assert!(none["advice"][0].as_str().is_some_and(|advice| advice.starts_with("Agree to be matched")), "{none}");
    agree(patient, "matching", true).await;
}

/// People who write alike, once both agreed: in this order, as the first would be found by it.
async fn who_write_alike(cast: &Cast) {
    let (patient, mentor) = (cast.get("patient"), cast.get("mentor"));
    let question = json!({"title": "Explaining it at work", "text": "What do you say when you leave early?"});
    let communities = patient.get("/communities").await.expect("communities");
    let thyroid = list(&communities, "items").iter().find(|one| text(one, "name") == "Thyroid circle");
    let threads = format!("/communities/{}/threads", text(thyroid.expect("a community"), "community_id"));
    for writer in [patient, mentor] {
        writer.command("POST", &threads, question.clone()).await.expect("a thread");
    }
    let alike = |one: &Value| member(one) == mentor.persona.member_id && has(one, "writing", "You write about similar");
    agree(patient, "text", true).await;
    assert!(!people(patient).await.iter().any(alike), "only one of the two agreed");
    agree(mentor, "text", true).await;
    let both = |found: &Value| list(found, "matches").iter().any(alike);
    patient.until("/people?limit=50", SOON, both).await.expect("somebody who writes alike");
    agree(patient, "text", false).await;
    assert!(!people(patient).await.iter().any(alike), "it ends at once");
}

/// A hospital's patients: somebody new finds a community, a person, and talks.
async fn patients_of_a_hospital(cast: &Cast) {
    let (newcomer, mentor) = (cast.get("newcomer"), cast.get("mentor"));
    let found = people(newcomer).await;
    assert!(has(&found[0], "condition", "Hashimoto's"), "three fields are enough: {}", found[0]);
    let suggested = |all: &Value| all.as_array().is_some_and(|all| !all.is_empty());
    let suggested = newcomer.until("/suggestions/communities", SOON, suggested).await.expect("a community");
    let first = &suggested[0];
    assert_eq!(text(&first["community"], "name"), "Thyroid circle");
    assert!(has(first, "condition", "Many there live with"), "{first}");
    let community = text(&first["community"], "community_id").to_owned();
    newcomer.command("POST", &format!("/communities/{community}/join"), json!({})).await.expect("joined");
    let left = newcomer.get("/suggestions/communities").await.expect("an answer");
    assert!(left.as_array().expect("a list").iter().all(|one| text(&one["community"], "community_id") != community));
    let question = ask(newcomer, mentor).await;
    answer(mentor, &question, true).await;
    newcomer
        .until("/introductions?size=100", SOON, |all| {
            list(all, "items").iter().any(|one| text(one, "introduction_id") == question && one["state"] == "accepted")
        })
        .await
        .expect("accepted");
    assert!(people(newcomer).await.iter().all(|one| member(one) != mentor.persona.member_id), "they know each other");
    let opened = json!({ "member_id": mentor.persona.member_id });
    let opened = newcomer.command("POST", "/conversations", opened).await.expect("a conversation");
    let path = format!("/conversations/{}/messages", text(&opened, "id"));
    newcomer.command("POST", &path, json!({ "text": "Thank you for saying yes." })).await.expect("written");
    mentor.command("POST", &path, json!({ "text": "Gladly. How are you?" })).await.expect("answered");
}

/// Neighbors for a walk: near, and without any diagnosis.
async fn a_wellness_group(cast: &Cast) {
    let neighbor = cast.get("neighbor");
    let found = people(neighbor).await;
    assert!(has(&found[0], "area", "postal codes begin with 919"), "{}", found[0]);
    assert!(found.iter().any(|one| has(one, "interest", "walking")));
    for reason in found.iter().flat_map(|one| list(one, "reasons")) {
        assert!(!matches!(text(reason, "kind"), "condition" | "treatment" | "stage"), "{reason}");
    }
}

/// A programme over many tenants: nobody meets anybody of another, and who runs it finds
/// nobody by that.
async fn a_programme_over_many(cast: &Cast) {
    let (patient, neighbor, attendee) = (cast.get("patient"), cast.get("neighbor"), cast.get("attendee"));
    let others = [&neighbor.persona.member_id, &attendee.persona.member_id];
    assert!(people(patient).await.iter().all(|one| !others.contains(&&member(one).to_owned())));
    for stranger in others {
        let refused = patient.get(&format!("/members/{stranger}")).await.expect_err("of another tenant").to_string();
        assert!(refused.contains("404") && refused.contains("MEMBER_UNKNOWN"), "{refused}");
        let body = json!({ "member_id": stranger, "note": "" });
        let refused = patient.command("POST", "/introductions", body).await.expect_err("of another tenant").to_string();
        assert!(refused.contains("MEMBER_UNKNOWN"), "{refused}");
    }
    let operator = cast.get("programme operator");
    let found = operator.get("/people").await.expect("an answer");
    assert!(list(&found, "matches").is_empty() && !list(&found, "advice").is_empty(), "{found}");
    let loads = cast.get("community manager").get("/mentor-loads").await.expect("numbers for staff");
    assert!(loads.is_object(), "{loads}");
    let refused = patient.get("/mentor-loads").await.expect_err("for staff only").to_string();
    assert!(refused.contains("403"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_five_communities_find_their_people() {
    let folder = std::env::temp_dir().join(format!("kindred-journeys-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    // A model that means nothing and is quick; to any the same words mean the same.
    let model = folder.join("model");
    tiny::write(&model, &["work", "early"], 7).expect("a model");
    let port = free_port().expect("a port");
    // Two replicas of matching, so that some tenants are found at each, and the people of one
    // by both together.
    let model = model.to_str().expect("a path");
    let arguments = ["--matching-replicas", "2", "--split-tenant", "riverside", "--model", model];
    let demo = Demo::start_with(&folder.join("data"), port, &arguments).await.expect("a demo");
    let cast = Cast(demo.personas().expect("people"));
    a_society_around_a_conference(&cast).await;
    patients_of_one_condition(&cast).await;
    who_write_alike(&cast).await;
    patients_of_a_hospital(&cast).await;
    a_wellness_group(&cast).await;
    a_programme_over_many(&cast).await;
    demo.stop().await.expect("stopped");
    std::fs::remove_dir_all(&folder).expect("nothing holds the folder");
}
