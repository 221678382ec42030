//! What people do, form by form.

use reqwest::StatusCode;

use super::browser::{Browser, value_of};
use super::fake::id;
use super::site::Site;

#[tokio::test]
async fn signing_in_by_mail_takes_two_presses_and_works_once() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::new(&site);
    for email in ["quiet-heron@mail.example", "nobody@mail.example"] {
        let page = "/t/riverside/sign-in";
        let seen = browser.submit(page, page, &[("email", email)]).await;
        assert!(seen.text.contains("Look in your mail"), "the same answer for {email}: {}", seen.text);
    }
    let token = site.fake.world().links.keys().next().unwrap().clone();
    let link = format!("/sign-in?token={token}");
    assert!(browser.get(&link).await.text.contains("Sign me in"));
    assert_eq!(site.fake.world().links.len(), 1, "looking at a link does not use it");
    let seen = browser.submit(&link, "/sign-in", &[("token", &token)]).await;
    assert_eq!(seen.header("location"), "/communities");
    let cookie = seen.cookies().into_iter().find(|cookie| cookie.starts_with("kindred-session=")).unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(browser.follow(&seen).await.text.contains("Riverside Hospital"));
    let again = Browser::new(&site).submit(&link, "/sign-in", &[("token", &token)]).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert!(again.text.contains("This link does not work any more"));
    let out = browser.submit("/communities", "/sign-out", &[]).await;
    assert_eq!(out.header("location"), "/t/riverside/sign-in?done=signed-out");
    assert_eq!(browser.get("/communities").await.header("location"), "/");
}

#[tokio::test]
async fn who_has_to_sign_in_first_goes_on_where_they_wanted_to() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "gone-for-long");
    let sent_away = browser.get("/inbox").await;
    assert_eq!(sent_away.header("location"), "/t/riverside/sign-in");
    browser.keep(&sent_away);
    site.fake.world().links.insert("riverside.link.x".to_owned(), id(0x0e, 0));
    let seen = browser.submit("/sign-in?token=riverside.link.x", "/sign-in", &[("token", "riverside.link.x")]).await;
    assert_eq!(seen.header("location"), "/inbox");
    assert!(browser.follow(&seen).await.text.contains("3 things"));
}

#[tokio::test]
async fn positions_of_another_day_do_not_stand_in_the_way() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "patient");
    browser.cookies.push(("kindred-position".to_owned(), "kpt1.old.signature".to_owned()));
    let bad = kindred_service_kit::error::ApiError::invalid("kindred-position", "POSITION_BAD_SIGNATURE", "not ours");
    site.fake.world().failing.insert("ListCommunities", (bad, 1));
    let seen = browser.get("/communities").await;
    assert_eq!(seen.header("location"), "/communities");
    browser.keep(&seen);
    assert_eq!(browser.get("/communities").await.status, StatusCode::OK);
    assert!(browser.cookies.iter().all(|(name, _)| name != "kindred-position"));
}

#[tokio::test]
async fn registering_keeps_what_was_typed_when_the_name_is_taken() {
    let site = Site::start("127.0.0.1:0").await;
    let page = "/t/lakeside/register";
    let mut browser = Browser::new(&site);
    let taken = browser.submit(page, page, &[("handle", "far-away"), ("email", "me@mail.example")]).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(
        taken.text.contains("Somebody here goes by that name.") && taken.text.contains("value=\"me@mail.example\"")
    );
    let done = browser.submit(page, page, &[("handle", "new-here"), ("email", "me@mail.example")]).await;
    assert!(done.text.contains("Welcome, <bdi>new-here</bdi>"), "{}", done.text);
    assert_eq!(site.fake.world().links.len(), 1, "the first link is on its way");
}

#[tokio::test]
async fn joining_writing_and_answering() {
    let site = Site::start("127.0.0.1:0").await;
    let circle = format!("/communities/{}", id(0xc0, 0));
    let mut browser = Browser::of(&site, "newcomer");
    let joined = browser.submit(&circle, &format!("{circle}/join"), &[]).await;
    assert!(browser.follow(&joined).await.text.contains("Welcome. You are a member now"));
    let page = format!("{circle}/threads/new");
    let text = "First line.\r\nSecond line.";
    let posted = browser.submit(&page, &format!("{circle}/threads"), &[("title", "Hello"), ("text", text)]).await;
    let shown = browser.follow(&posted).await;
    assert!(shown.text.contains("First line.<br>\nSecond line."), "{}", shown.text);
    let thread = posted.header("location").split('?').next().unwrap().to_owned();
    let replied = browser.submit(&thread, &format!("{thread}/replies"), &[("text", "And again.")]).await;
    assert!(browser.follow(&replied).await.text.contains("And again."));
}

#[tokio::test]
async fn a_form_sent_twice_is_one_command() {
    let site = Site::start("127.0.0.1:0").await;
    let thread = format!("/threads/{}", id(0x70, 0));
    let mut browser = Browser::of(&site, "patient");
    let page = browser.get(&thread).await.text;
    let form = page.split("<form").find(|form| form.contains(&format!("{thread}/replies"))).unwrap().to_owned();
    let fields =
        [("csrf", value_of(&form, "csrf")), ("command", value_of(&form, "command")), ("text", "once".to_owned())]
            .map(|(name, value)| (name.to_owned(), value));
    for _ in 0..2 {
        let seen = browser.post(&format!("{thread}/replies"), &fields).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
    }
    let world = site.fake.world();
    let copies = world.talks[&id(0x70, 0)].posts.iter().filter(|one| one.versions[0].0 == "once").count();
    assert_eq!(copies, 1);
}

#[tokio::test]
async fn people_read_what_they_just_wrote() {
    let site = Site::start("127.0.0.1:0").await;
    let thread = format!("/threads/{}", id(0x70, 0));
    let mut browser = Browser::of(&site, "patient");
    let seen = browser.submit(&thread, &format!("{thread}/replies"), &[("text", "mine")]).await;
    site.fake.world().wanted.clear();
    browser.follow(&seen).await;
    let wanted = site.fake.world().wanted.clone();
    assert!(wanted.iter().any(|one| one.starts_with("kpt1.fake")), "{wanted:?}");
}

#[tokio::test]
async fn what_could_be_a_phone_number_is_asked_about_before_anything_is_posted() {
    let site = Site::start("127.0.0.1:0").await;
    let thread = format!("/threads/{}", id(0x70, 0));
    let replies = format!("{thread}/replies");
    let mut browser = Browser::of(&site, "patient");
    let text = "Call me on 555 0134, after four.";
    let count = || site.fake.world().talks[&id(0x70, 0)].posts.len();
    let before = count();
    let asked = browser.submit(&thread, &replies, &[("text", text)]).await;
    assert!(asked.text.contains("This looks like a phone number.") && asked.text.contains(text), "{}", asked.text);
    assert_eq!(count(), before, "nothing was posted");
    let cleaned = browser.submit(&thread, &replies, &[("text", text), ("step", "clean")]).await;
    assert!(cleaned.text.contains("Call me on …, after four.") && !cleaned.text.contains("555 0134"));
    assert_eq!(count(), before, "one looks at it first");
    let anyway = browser.submit(&thread, &replies, &[("text", text), ("step", "anyway")]).await;
    assert!(browser.follow(&anyway).await.text.contains(text));
}

#[tokio::test]
async fn changing_shows_what_it_said_before_and_taking_out_can_be_taken_back() {
    let site = Site::start("127.0.0.1:0").await;
    let (thread, post) = (format!("/threads/{}", id(0x70, 0)), id(0x71, 2));
    let mut browser = Browser::of(&site, "patient");
    let page = format!("/posts/{post}/edit?thread={}", id(0x70, 0));
    let fields = [("thread", id(0x70, 0)), ("text", "Other words now.".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let changed = browser.submit(&page, &format!("/posts/{post}/edit"), &fields).await;
    assert!(browser.follow(&changed).await.text.contains("Other words now."));
    let history = browser.get(&format!("/posts/{post}/history?thread={}", id(0x70, 0))).await.text;
    assert!(history.contains("Other words now.") && history.contains("I will try that on Monday"));
    let gone = browser.submit(&thread, &format!("/posts/{post}/delete"), &[("thread", &id(0x70, 0))]).await;
    assert_eq!(gone.status, StatusCode::OK);
    assert!(gone.text.contains("It was taken out.") && gone.text.contains("Put it back"), "{}", gone.text);
    let form = gone.text.split("<form").find(|form| form.contains("Put it back")).unwrap();
    let parent = value_of(form, "parent");
    assert_eq!(parent, id(0x71, 1), "it answers what it answered");
    let fields = [
        ("csrf", value_of(form, "csrf")),
        ("command", value_of(form, "command")),
        ("step", "anyway".into()),
        ("parent", parent),
        ("text", "Other words now.".into()),
    ]
    .map(|(name, value): (&str, String)| (name.to_owned(), value));
    let back = browser.post(&format!("{thread}/replies"), &fields).await;
    assert!(browser.follow(&back).await.text.contains("Other words now."));
}

#[tokio::test]
async fn meeting_takes_both_and_a_no_is_not_told() {
    let site = Site::start("127.0.0.1:0").await;
    let (mut asking, mut asked) = (Browser::of(&site, "patient"), Browser::of(&site, "mentor"));
    let page = format!("/members/{}/introduce", id(0x0e, 2));
    let sent = asking.submit(&page, &page, &[("note", "Shall we walk?")]).await;
    assert!(asking.follow(&sent).await.text.contains("You asked to meet."));
    let inbox = asked.get("/introductions").await.text;
    assert!(inbox.contains("Shall we walk?") && inbox.contains("Yes, let us meet"));
    let action = inbox.split("action=\"").find(|rest| rest.starts_with("/introductions/")).unwrap();
    let action = action.split('"').next().unwrap().to_owned();
    asked.submit("/introductions", &action, &[("answer", "decline")]).await;
    let told = asking.get("/introductions").await.text;
    assert!(told.contains("You asked") && !told.to_lowercase().contains("declined"), "{told}");
}

#[tokio::test]
async fn a_profile_is_saved_line_by_line_and_nothing_typed_is_lost() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "newcomer");
    let line = |kind, text, seen| [("kind", kind), ("text", text), ("value", ""), ("was", ""), ("visibility", seen)];
    let bad = [line("condition", "always tired", "matched"), line("interest", "knitting", "community")].concat();
    let refused = browser.submit("/me", "/me/profile", &bad).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("always tired") && refused.text.contains("knitting"), "nothing is lost");
    let good =
        [line("condition", "Hashimoto’s thyroiditis", "matched"), line("interest", "knitting", "community")].concat();
    let saved = browser.submit("/me", "/me/profile", &good).await;
    assert!(browser.follow(&saved).await.text.contains("Your profile is saved."));
    let world = site.fake.world();
    let fields = &world.people[&id(0x0e, 1)].fields;
    assert_eq!(fields.iter().map(|field| field.value.as_str()).collect::<Vec<_>>(), ["icd10cm|E06.3", "knitting"]);
}

#[tokio::test]
async fn those_who_look_after_a_community_let_people_in() {
    let site = Site::start("127.0.0.1:0").await;
    let community = format!("/communities/{}", id(0xc0, 1));
    let mut manager = Browser::of(&site, "manager");
    let member = id(0x0e, 1);
    let fields = [("member", member.as_str()), ("decision", "admit")];
    let decided = manager.submit(&format!("{community}/manage"), &format!("{community}/decision"), &fields).await;
    assert!(manager.follow(&decided).await.text.contains("Your decision is saved."));
    assert!(Browser::of(&site, "newcomer").get(&community).await.text.contains("Start a conversation"));
}

#[tokio::test]
async fn only_what_changed_of_the_notification_choices_is_sent() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "patient");
    let all = [
        "reply",
        "mention",
        "introduction_requested",
        "introduction_accepted",
        "join_decided",
        "pairing_requested",
        "pairing_accepted",
        "message",
    ];
    let mut fields: Vec<(&str, &str)> = all.iter().map(|kind| ("inbox", *kind)).collect();
    fields.extend(all.iter().filter(|kind| **kind != "reply").map(|kind| ("email", *kind)));
    site.fake.world().calls.clear();
    browser.submit("/me/notifications", "/me/notifications", &fields).await;
    assert_eq!(site.fake.world().calls.get("SetPreference"), Some(&1));
    assert_eq!(site.fake.world().preferences.get(&(id(0x0e, 0), 1, 2)), Some(&false));
}

#[tokio::test]
async fn leaving_needs_ones_own_name_and_ends_the_session() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "patient");
    let wrong = browser.submit("/me/leave", "/me/erase", &[("handle", "somebody")]).await;
    assert!(wrong.text.contains("Nothing was erased."));
    assert!(site.fake.world().erasures.len() == 1);
    let gone = browser.submit("/me/leave", "/me/erase", &[("handle", "quiet-heron")]).await;
    assert!(gone.text.contains("Goodbye"), "{}", gone.text);
    assert_eq!(browser.get("/communities").await.header("location"), "/");
}

#[tokio::test]
async fn the_privacy_desk_follows_an_erasure_to_its_certificate() {
    let site = Site::start("127.0.0.1:0").await;
    let mut desk = Browser::of(&site, "privacy");
    let found = desk.get("/privacy?handle=two-cups").await;
    let page = found.header("location").to_owned();
    assert_eq!(page, format!("/privacy/{}", id(0x0e, 8)));
    let begun = desk.submit(&page, &page, &[("handle", "two-cups")]).await;
    let progress = desk.follow(&begun).await.text;
    assert!(progress.contains("2 of 4 parts have confirmed") && !progress.contains("Erasure certificate"));
    site.fake.world().certified.insert(id(0x0e, 8));
    assert!(desk.get(&page).await.text.contains("Erasure certificate"));
}

#[tokio::test]
async fn mail_is_turned_off_in_one_press_and_never_by_looking() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::new(&site);
    let looked = browser.get("/unsubscribe?token=good-token").await;
    assert!(looked.text.contains("Turn them off"));
    assert_eq!(site.fake.world().calls.get("Unsubscribe"), None);
    let one_click = [("List-Unsubscribe".to_owned(), "One-Click".to_owned())];
    let done = browser.post_from("https://mail.example", "/unsubscribe?token=good-token", &one_click).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let other = browser.post("/unsubscribe?token=another", &one_click).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_purpose_is_agreed_to_by_itself_and_ends_by_itself() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "patient");
    let agreed = |site: &Site| site.fake.world().people[&id(0x0e, 0)].consents;
    let page = browser.get("/me").await.text;
    for offered in ["What often goes together", "What you write about", "What came of introductions"] {
        assert!(page.contains(offered), "{offered}");
    }
    let fields = [("purpose", "inference"), ("agrees", "yes"), ("back", "/me")];
    let done = browser.submit("/me", "/people/consent", &fields).await;
    assert_eq!(done.header("location"), "/me?done=told");
    assert!(agreed(&site).inference && agreed(&site).matching && !agreed(&site).outcomes);
    browser.submit("/me", "/people/consent", &[("purpose", "inference"), ("back", "/me")]).await;
    assert!(!agreed(&site).inference && agreed(&site).matching);
    let text = [("purpose", "text"), ("agrees", "yes"), ("back", "/me")];
    assert!(!agreed(&site).text, "off unless somebody says so");
    browser.submit("/me", "/people/consent", &text).await;
    assert!(agreed(&site).text && !agreed(&site).outcomes);
    assert!(browser.get("/me").await.text.contains("Stop this<span class=\"visually-hidden\">: What you write about"));
    browser.submit("/me", "/people/consent", &[text[0], text[2]]).await;
    assert!(!agreed(&site).text);
    let refused = browser.submit("/me", "/people/consent", &[("purpose", "everything"), ("agrees", "yes")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let stopped = browser.submit("/people", "/people/consent", &[]).await;
    assert_eq!(stopped.header("location"), "/people?done=matching-off");
    assert!(!browser.get("/me").await.text.contains("What often goes together"), "nothing counts without the first");
}
