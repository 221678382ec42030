//! What was asked before, beside a question that is being written and for programs.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::{Browser, Program, value_of};
use super::fake::id;
use super::site::Site;

#[tokio::test]
async fn what_was_asked_before_stands_beside_what_is_typed() {
    let site = Site::start("127.0.0.1:0").await;
    let circle = format!("/communities/{}", id(0xc0, 0));
    let mut browser = Browser::of(&site, "patient");
    let fields = |title: &str, text: &str| {
        ["title", "text"].map(str::to_owned).into_iter().zip([title.to_owned(), text.to_owned()]).collect::<Vec<_>>()
    };
    let before = site.fake.world().commands.len();
    let page = browser.get(&format!("{circle}/threads/new")).await.text;
    assert!(page.contains("id=\"similar\" role=\"region\" aria-label=\"Asked before\" aria-live=\"polite\""));
    let similar = format!("{circle}/threads/similar");
    assert!(page.contains(&format!("formaction=\"{similar}\" formnovalidate")), "{page}");
    let form = page.split("<form").find(|form| form.contains("formaction")).unwrap();
    let hidden = ["csrf", "command"].map(|name| (name.to_owned(), value_of(form, name)));
    let mut ask = async |title: &str, text: &str| {
        let sent: Vec<_> = hidden.iter().cloned().chain(fields(title, text)).collect();
        browser.post(&similar, &sent).await
    };
    let seen = ask("tired", "Half a sentence").await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    for part in [
        "Perhaps already answered here",
        "Tired at work: what do you tell people?",
        "value=\"tired\"",
        "Half a sentence",
    ] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    assert!(ask("zebra", "").await.text.contains("Nothing like it was asked here yet."));
    assert!(ask(" ", " ").await.text.contains("Write a few words first."));
    let too_long = ask("tired", &"a".repeat(20_001)).await;
    assert!(
        too_long.text.contains("role=\"alert\"") && too_long.text.contains("aaaa"),
        "nothing that was typed is lost"
    );
    assert_eq!(site.fake.world().commands.len(), before, "looking changes nothing");
}

#[tokio::test]
async fn what_was_asked_before_is_found_without_a_command() {
    let site = Site::start("127.0.0.1:0").await;
    let (patient, newcomer) = (Program::of(&site, "patient"), Program::of(&site, "newcomer"));
    let similar = format!("/communities/{}/threads/similar", id(0xc0, 0));
    let found = patient.send(Method::POST, &similar, json!({"title": "tired", "limit": 3})).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    assert_eq!(found.json()["items"][0]["thread_id"], id(0x70, 0));
    for (by, body, reason) in [
        (&patient, json!({"title": "tired", "limit": 0}), "PAGE_SIZE"),
        (&patient, json!({"titel": "tired"}), "JSON_MALFORMED"),
        (&newcomer, json!({"title": "tired"}), "NOT_A_MEMBER"),
    ] {
        let refused = by.send(Method::POST, &similar, body).await;
        assert!(refused.text.contains(reason), "{reason}: {}", refused.text);
    }
}
