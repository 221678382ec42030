//! Mentors, form by form and by program.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::{Browser, Program, command};
use super::fake::id;
use super::site::Site;

#[tokio::test]
async fn finding_a_mentor_asking_answering_and_ending() {
    let site = Site::start("127.0.0.1:0").await;
    let (mut mentee, mut mentor) = (Browser::of(&site, "newcomer"), Browser::of(&site, "mentor"));
    let found = mentee.get("/mentors").await.text;
    assert!(found.contains("The first year with Hashimoto’s") && found.contains("2 free places"), "{found}");
    assert!(!found.contains("Food and feet"), "who rests is not found");
    let form = format!("/mentors/{}/ask", id(0x0e, 2));
    let asked = mentee.submit(&form, &form, &[("note", "I am new to this.")]).await;
    assert!(mentee.follow(&asked).await.text.contains("You asked. They learn of you now"));
    let waiting = mentor.get("/mentoring").await.text;
    assert!(waiting.contains("I am new to this."), "{waiting}");
    let pairing =
        site.fake.world().pairings.values().find(|one| one.note == "I am new to this.").unwrap().pairing_id.clone();
    let act = |what: &str| format!("/mentoring/{pairing}/{what}");
    let accepted = mentor.submit("/mentoring", &act("answer"), &[("answer", "accept")]).await;
    assert!(mentor.follow(&accepted).await.text.contains("You are paired now"));
    let said = [("mood", "needs_help"), ("note", "A hard week.")];
    mentee.submit("/mentoring", &act("check-in"), &said).await;
    let read = mentor.get("/mentoring").await.text;
    assert!(read.contains("<b>I need help</b>") && read.contains("A hard week."), "{read}");
    let ended = mentor.submit("/mentoring", &act("end"), &[("reason", "no_time")]).await;
    assert!(mentor.follow(&ended).await.text.contains("It has ended."));
    assert!(mentee.get("/mentoring").await.text.contains("Has ended"));
}

#[tokio::test]
async fn a_mentors_no_is_not_shown_and_a_question_is_taken_back() {
    let site = Site::start("127.0.0.1:0").await;
    let mut patient = Browser::of(&site, "patient");
    let seen = patient.get("/mentoring").await.text;
    assert!(seen.contains("You asked") && !seen.contains("You said no"), "{seen}");
    let back = patient.submit("/mentoring", &format!("/mentoring/{}/withdraw", id(0x9a, 2)), &[]).await;
    assert!(patient.follow(&back).await.text.contains("You took your question back."));
}

#[tokio::test]
async fn a_member_becomes_a_mentor_once_staff_confirm_their_training() {
    let site = Site::start("127.0.0.1:0").await;
    let (mut member, mut staff) = (Browser::of(&site, "patient"), Browser::of(&site, "administrator"));
    let refused = member.submit("/me/mentoring", "/me/mentoring", &[("about", "Nights"), ("capacity", "21")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("must be 1 to 20") && refused.text.contains("Nights</textarea>"), "{}", refused.text);
    let offered = member.submit("/me/mentoring", "/me/mentoring", &[("about", "Nights"), ("capacity", "2")]).await;
    assert!(member.follow(&offered).await.text.contains("Waits for your training to be confirmed"));
    let report = "/staff/mentors";
    let confirm = "/staff/mentors/training";
    let fields = [("member", id(0x0e, 0))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let confirmed = staff.submit(report, confirm, &fields).await;
    assert!(staff.follow(&confirmed).await.text.contains("Their training is confirmed."));
    assert!(Browser::of(&site, "newcomer").get("/mentors").await.text.contains("Nights"));
    member.submit("/me/mentoring", "/me/mentoring/pause", &[("paused", "yes")]).await;
    assert!(!Browser::of(&site, "newcomer").get("/mentors").await.text.contains("Nights"));
    let left = member.submit("/me/mentoring", "/me/mentoring/leave", &[]).await;
    assert!(member.follow(&left).await.text.contains("You are no mentor any more."));
}

#[tokio::test]
async fn only_staff_see_how_much_mentors_look_after() {
    let site = Site::start("127.0.0.1:0").await;
    let page = format!("/communities/{}/mentors", id(0xc0, 0));
    for (persona, path) in
        [("patient", "/staff/mentors".to_owned()), ("patient", page.clone()), ("manager", "/staff/mentors".to_owned())]
    {
        assert_eq!(Browser::of(&site, persona).get(&path).await.status, StatusCode::FORBIDDEN, "{persona} {path}");
    }
    let mut manager = Browser::of(&site, "manager");
    let seen = manager.get(&page).await.text;
    assert!(seen.contains("1 of 3") && seen.contains("<progress max=\"3\" value=\"1\""), "{seen}");
    assert!(!seen.contains("I was told in spring"), "no words of anybody");
    let two_cups = id(0x0e, 8);
    let confirmed = manager.submit(&page, &format!("{page}/training"), &[("member", &two_cups)]).await;
    assert!(manager.follow(&confirmed).await.text.contains("Their training is confirmed."));
}

#[tokio::test]
async fn a_program_asks_a_mentor_and_mentors() {
    let site = Site::start("127.0.0.1:0").await;
    let (patient, manager, administrator) =
        (Program::of(&site, "patient"), Program::of(&site, "manager"), Program::of(&site, "administrator"));
    let ask = json!({"command_id": command(), "member_id": id(0x0e, 4), "note": "Please"});
    let asked = patient.send(Method::POST, "/pairings", ask).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    let pairing = format!("/pairings/{}", asked.json()["id"].as_str().unwrap());
    let says = [
        (&manager, Method::POST, format!("{pairing}/answer"), json!({"accept": true})),
        (&patient, Method::POST, format!("{pairing}/check-ins"), json!({"mood": "going_well", "note": "Thanks"})),
        (&manager, Method::POST, format!("{pairing}/end"), json!({"reason": "goal_reached"})),
        (&manager, Method::POST, format!("/pairings/{}/withdraw", id(0x9a, 9)), json!({})),
        (&manager, Method::PUT, "/me/mentoring/capacity".to_owned(), json!({"capacity": 4})),
        (&manager, Method::PUT, "/me/mentoring/pause".to_owned(), json!({"paused": true})),
        (&manager, Method::PUT, "/me/mentoring".to_owned(), json!({"about": "Forms", "capacity": 3})),
        (&administrator, Method::POST, format!("/mentors/{}/training", id(0x0e, 8)), json!({})),
        (&patient, Method::POST, format!("/mentors/{}/training", id(0x0e, 8)), json!({})),
        (&manager, Method::POST, format!("{pairing}/end"), json!({"reason": "because"})),
        (&manager, Method::DELETE, "/me/mentoring".to_owned(), json!({})),
        (&manager, Method::DELETE, "/me/mentoring".to_owned(), json!({})),
    ];
    let mut told = Vec::new();
    for (who, method, path, mut body) in says {
        body["command_id"] = command().into();
        let answer = who.send(method, &path, body).await;
        told.push((answer.status.as_u16(), answer.json()["reason"].as_str().unwrap_or_default().to_owned()));
    }
    let done = || (200, String::new());
    let refused = |status, reason: &str| (status, reason.to_owned());
    assert_eq!(
        told,
        [
            done(),
            done(),
            done(),
            refused(404, "PAIRING_UNKNOWN"),
            done(),
            done(),
            done(),
            done(),
            refused(403, "MENTOR_STAFF_ONLY"),
            refused(400, "JSON_MALFORMED"),
            done(),
            refused(404, "MENTOR_UNKNOWN"),
        ]
    );
}

#[tokio::test]
async fn a_member_waits_for_a_mentor_and_stops() {
    let site = Site::start("127.0.0.1:0").await;
    let mut newcomer = Browser::of(&site, "newcomer");
    let page = newcomer.get("/mentors").await.text;
    assert!(page.contains("Any mentor will do?") && !page.contains("You are waiting for a mentor since"), "{page}");
    let waits = newcomer.submit("/mentors", "/mentors/wait", &[]).await;
    let page = newcomer.follow(&waits).await.text;
    assert!(
        page.contains("You wait for a mentor now.") && page.contains("You are waiting for a mentor since"),
        "{page}"
    );
    let stopped = newcomer.submit("/mentors", "/mentors/wait/stop", &[]).await;
    let page = newcomer.follow(&stopped).await.text;
    assert!(page.contains("You do not wait for a mentor any more.") && page.contains("Any mentor will do?"), "{page}");
}

#[tokio::test]
async fn staff_start_a_round_and_read_what_came_of_it() {
    let site = Site::start("127.0.0.1:0").await;
    let mut staff = Browser::of(&site, "administrator");
    let before = staff.get("/staff/mentors").await.text;
    for told in [
        "1 person waits for a mentor",
        "7 people were waiting. We asked a mentor for 6 people; 5 mentors said yes so far.",
        "had been waiting for 9 days",
        "<b>0.31</b>",
    ] {
        assert!(before.contains(told), "{told}: {before}");
    }
    let round = staff.submit("/staff/mentors", "/staff/mentors/round", &[("mode", "stable")]).await;
    let after = staff.follow(&round).await.text;
    assert!(after.contains("The round has begun.") && after.contains("1 person was waiting."), "{after}");
    let unknown = staff.submit("/staff/mentors", "/staff/mentors/round", &[("mode", "fastest")]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    site.fake.world().waits.clear();
    let page = format!("/communities/{}/mentors", id(0xc0, 0));
    let mut manager = Browser::of(&site, "manager");
    let round = manager.submit(&page, &format!("{page}/round"), &[("mode", "cheapest")]).await;
    let after = manager.follow(&round).await.text;
    assert!(after.contains("Nobody was waiting for a mentor, so nobody was asked."), "{after}");
    site.fake.world().rounds.last_mut().unwrap().finished_at = 0;
    assert!(manager.get(&page).await.text.contains("It runs now."));
}

#[tokio::test]
async fn a_program_waits_and_starts_a_round() {
    let site = Site::start("127.0.0.1:0").await;
    let (patient, administrator) = (Program::of(&site, "patient"), Program::of(&site, "administrator"));
    let mut told = Vec::new();
    for (who, method, path, mut body) in [
        (&patient, Method::PUT, "/me/mentor-wait", json!({})),
        (&patient, Method::PUT, "/me/mentor-wait", json!({})),
        (&administrator, Method::POST, "/mentor-rounds", json!({})),
        (&administrator, Method::POST, "/mentor-rounds", json!({"mode": "stable"})),
        (&administrator, Method::POST, "/mentor-rounds", json!({"mode": "fastest"})),
        (&patient, Method::POST, "/mentor-rounds", json!({})),
        (&patient, Method::DELETE, "/me/mentor-wait", json!({})),
    ] {
        body["command_id"] = command().into();
        let answer = who.send(method, path, body).await;
        told.push((answer.status.as_u16(), answer.json()["reason"].as_str().unwrap_or_default().to_owned()));
    }
    let refused = |status, reason: &str| (status, reason.to_owned());
    let (done, made) = (|| (200, String::new()), || (201, String::new()));
    let denied = refused(403, "MENTOR_STAFF_ONLY");
    assert_eq!(told, [done(), done(), made(), made(), refused(400, "JSON_MALFORMED"), denied, done()]);
    let modes: Vec<i32> = site.fake.world().rounds.iter().skip(1).map(|round| round.mode).collect();
    assert_eq!(modes, [1, 2], "cheapest, if it is not said");
    assert_eq!(patient.get("/me/mentor-wait").await.json().get("since"), None);
}
