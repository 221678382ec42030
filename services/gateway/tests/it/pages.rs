//! Every page, as the people who have it see it: complete, in order, readable without
//! script and by a screen reader.

use reqwest::StatusCode;

use super::browser::Browser;
use super::fake::id;
use super::site::Site;

/// Every page and who looks at it; an empty name is somebody not signed in.
fn pages() -> Vec<(&'static str, String)> {
    let (circle, waiting, thread, post) = (id(0xc0, 0), id(0xc0, 1), id(0x70, 0), id(0x71, 2));
    let (other, gone) = (id(0x0e, 2), id(0x0e, 10));
    vec![
        ("", "/".to_owned()),
        ("", "/?tenant=nowhere".to_owned()),
        ("", "/t/riverside/sign-in".to_owned()),
        ("", "/t/lakeside/register".to_owned()),
        ("", "/sign-in?token=riverside.link.x".to_owned()),
        ("", "/unsubscribe?token=good-token".to_owned()),
        ("patient", "/communities".to_owned()),
        ("newcomer", "/communities".to_owned()),
        ("patient", format!("/communities/{circle}")),
        ("patient", format!("/communities/{waiting}")),
        ("newcomer", format!("/communities/{circle}")),
        ("river-stone", format!("/communities/{circle}")),
        ("newcomer", format!("/communities/{}", id(0xc0, 2))),
        ("newcomer", format!("/communities/{}", id(0xc0, 4))),
        ("patient", format!("/communities/{circle}/members")),
        ("patient", format!("/communities/{circle}/threads/new")),
        ("moderator", format!("/communities/{circle}/manage")),
        ("manager", format!("/communities/{waiting}/manage")),
        ("manager", format!("/communities/{waiting}/change")),
        ("administrator", "/communities/new".to_owned()),
        ("patient", format!("/threads/{thread}")),
        ("patient", format!("/threads/{thread}?to={}", id(0x71, 1))),
        ("moderator", format!("/threads/{thread}")),
        ("patient", format!("/posts/{post}/edit?thread={thread}")),
        ("patient", format!("/posts/{}/history?thread={thread}", id(0x71, 1))),
        ("patient", "/people".to_owned()),
        ("newcomer", "/people".to_owned()),
        ("patient", format!("/members/{other}")),
        ("patient", format!("/members/{gone}")),
        ("administrator", format!("/members/{other}")),
        ("privacy", format!("/members/{other}")),
        ("patient", format!("/members/{other}/introduce")),
        ("patient", "/introductions".to_owned()),
        ("newcomer", "/introductions".to_owned()),
        ("patient", "/mentors".to_owned()),
        ("newcomer", "/mentors".to_owned()),
        ("moderator", "/mentors".to_owned()),
        ("patient", format!("/mentors/{}/ask", id(0x0e, 4))),
        ("patient", "/mentoring".to_owned()),
        ("mentor", "/mentoring".to_owned()),
        ("newcomer", "/mentoring".to_owned()),
        ("patient", "/me/mentoring".to_owned()),
        ("mentor", "/me/mentoring".to_owned()),
        ("river-stone", "/me/mentoring".to_owned()),
        ("administrator", "/staff/mentors".to_owned()),
        ("manager", format!("/communities/{circle}/mentors")),
        ("patient", "/conversations".to_owned()),
        ("newcomer", "/conversations".to_owned()),
        ("patient", format!("/conversations/{}", id(0xca, 0))),
        ("patient", format!("/conversations/{}", id(0xca, 1))),
        ("patient", format!("/conversations/{}", id(0xca, 2))),
        ("patient", format!("/conversations/{}", id(0xca, 3))),
        ("patient", "/inbox".to_owned()),
        ("newcomer", "/inbox".to_owned()),
        ("patient", "/me".to_owned()),
        ("patient", "/me/notifications".to_owned()),
        ("patient", "/me/blocks".to_owned()),
        ("patient", "/me/leave".to_owned()),
        ("privacy", "/privacy".to_owned()),
        ("privacy", "/privacy?handle=nobody-here".to_owned()),
        ("privacy", format!("/privacy/{other}")),
        ("privacy", format!("/privacy/{gone}")),
        ("administrator", "/staff".to_owned()),
        ("operator", "/operator".to_owned()),
        ("operator", "/operator/tenants".to_owned()),
    ]
}

fn browser(site: &Site, persona: &str) -> Browser {
    if persona.is_empty() { Browser::new(site) } else { Browser::of(site, persona) }
}

#[tokio::test]
async fn every_page_is_there_and_well_made() {
    let site = Site::start("127.0.0.1:0").await;
    for (persona, path) in pages() {
        let seen = browser(&site, persona).get(&path).await;
        assert_eq!(seen.status, StatusCode::OK, "{persona} {path}: {}", seen.text);
        assert!(seen.header("content-type").starts_with("text/html"), "{path}");
        well_made(&path, &seen.text);
    }
}

/// What a machine can see of WCAG 2.1 AA and of our own rules.
fn well_made(path: &str, html: &str) {
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\""), "{path}");
    assert!(html.contains("<title>") && !html.contains("<title> ·"), "{path}: a title");
    for one in ["<h1", "<main id=\"main\"", "<header", "<footer class=\"foot\"", "class=\"skip\" href=\"#main\""] {
        assert_eq!(html.matches(one).count(), 1, "{path}: one {one}");
    }
    headings_in_order(path, html);
    ids_are_used_once(path, html);
    assert_eq!(super::markup::what_runs(html), None, "{path}");
    assert!(!html.contains("autofocus"), "{path}");
    for form in html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap()) {
        form_is_well_made(path, form, html);
    }
    for image in html.split("<svg").skip(1) {
        assert!(image.split('>').next().unwrap().contains("aria-hidden=\"true\""), "{path}: a picture without words");
    }
}

fn headings_in_order(path: &str, html: &str) {
    let levels: Vec<u32> = html
        .split("<h")
        .skip(1)
        .filter_map(|rest| rest.chars().next()?.to_digit(10))
        .filter(|level| *level <= 6)
        .collect();
    let jumps = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
    assert_eq!(jumps, 0, "{path}: headings {levels:?}");
}

fn ids_are_used_once(path: &str, html: &str) {
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{path}: an id twice");
    for part in html.split(" aria-describedby=\"").skip(1).chain(html.split(" aria-labelledby=\"").skip(1)) {
        let id = part.split('"').next().unwrap();
        assert!(ids.contains(&id), "{path}: nothing has the id {id}");
    }
}

fn form_is_well_made(path: &str, form: &str, html: &str) {
    let head = form.split('>').next().unwrap();
    let action = super::browser::value_of(&form.replace("action=\"", "name=\"action\" value=\""), "action");
    let own = action.starts_with("/unsubscribe") || action == "/appearance";
    if head.contains("method=\"post\"") && !own {
        assert!(form.contains("name=\"csrf\"") && form.contains("name=\"command\""), "{path}: {action}");
    }
    assert!(form.contains("<button"), "{path}: {action} has no button");
    for kind in ["<input", "<textarea", "<select"] {
        for field in form.split(kind).skip(1).map(|rest| rest.split('>').next().unwrap()) {
            let hidden = field.contains("type=\"hidden\"") || field.ends_with(" hidden");
            let id = field.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let labelled = id.is_some_and(|id| html.contains(&format!("<label for=\"{id}\"")));
            let inside = field.contains("type=\"checkbox\"") || field.contains("type=\"radio\"");
            assert!(hidden || labelled || inside, "{path}: {kind}{field} has no label");
        }
    }
}

#[tokio::test]
async fn a_page_fetches_all_its_names_at_once() {
    let site = Site::start("127.0.0.1:0").await;
    let patient = Browser::of(&site, "patient");
    for path in [format!("/threads/{}", id(0x70, 0)), format!("/communities/{}", id(0xc0, 0)), "/inbox".to_owned()]
        .into_iter()
        .chain(["/conversations".to_owned(), format!("/conversations/{}", id(0xca, 0))])
    {
        site.fake.world().calls.clear();
        assert_eq!(patient.get(&path).await.status, StatusCode::OK);
        assert_eq!(site.fake.world().calls.get("GetMembers"), Some(&1), "{path}");
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_start() {
    let site = Site::start("127.0.0.1:0").await;
    for (persona, path) in pages().into_iter().filter(|(persona, _)| !persona.is_empty()) {
        let seen = Browser::new(&site).get(&path).await;
        assert_eq!((seen.status, seen.header("location")), (StatusCode::SEE_OTHER, "/"), "{persona} {path}");
    }
}

#[tokio::test]
async fn what_is_not_open_to_somebody_says_so_in_words() {
    let site = Site::start("127.0.0.1:0").await;
    for (persona, path, status, words) in [
        ("patient", "/operator".to_owned(), 403, "not open to you"),
        ("patient", "/operator/tenants".to_owned(), 403, "not open to you"),
        ("patient", "/privacy".to_owned(), 403, "not open to you"),
        ("patient", "/staff".to_owned(), 403, "not open to you"),
        ("patient", format!("/communities/{}/manage", id(0xc0, 0)), 403, "not open to you"),
        ("newcomer", format!("/threads/{}", id(0x70, 0)), 403, "not open to you"),
        ("mentor", format!("/conversations/{}", id(0xca, 1)), 404, "This is not here"),
        ("administrator", format!("/conversations/{}", id(0xca, 0)), 404, "This is not here"),
        ("patient", format!("/communities/{}", id(0xc0, 77)), 404, "This is not here"),
        ("patient", format!("/members/{}", id(0x0e, 11)), 404, "This is not here"),
        ("patient", "/communities/nonsense".to_owned(), 400, "That did not work"),
        ("patient", "/no/such/page".to_owned(), 404, "This is not here"),
        ("", "/no/such/page".to_owned(), 404, "This is not here"),
        ("", "/t/riverside/register".to_owned(), 403, "not open to you"),
        ("", "/t/nowhere/sign-in".to_owned(), 404, "This is not here"),
        ("", "/t/NOT A SLUG/sign-in".to_owned(), 404, "This is not here"),
        ("patient", "/communities?cursor=nonsense".to_owned(), 400, "That did not work"),
    ] {
        let seen = browser(&site, persona).get(&path).await;
        assert_eq!(seen.status.as_u16(), status, "{persona} {path}: {}", seen.text);
        assert!(seen.text.contains(words), "{path}: {}", seen.text);
        well_made(&path, &seen.text);
    }
}

#[tokio::test]
async fn a_service_that_is_down_takes_only_its_own_part_along() {
    let site = Site::start("127.0.0.1:0").await;
    let patient = Browser::of(&site, "patient");
    let down = kindred_service_kit::error::ApiError::unavailable("LOG_UNAVAILABLE", "the log does not answer");
    site.fake.world().failing.insert("ListInbox", (down.clone(), 1_000));
    let communities = patient.get("/communities").await;
    assert_eq!(communities.status, StatusCode::OK, "the badge is left out");
    let inbox = patient.get("/inbox").await;
    assert_eq!(inbox.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(inbox.text.contains("We cannot do this just now") && inbox.text.contains("href=\"/inbox\""));
    site.fake.world().failing.insert("ListProjections", (down, 1_000));
    let operator = Browser::of(&site, "operator").get("/operator").await;
    assert_eq!(operator.status, StatusCode::OK);
    assert!(operator.text.contains("Does not answer."));
}

#[tokio::test]
async fn a_short_outage_is_not_noticed() {
    let site = Site::start("127.0.0.1:0").await;
    let blink = kindred_service_kit::error::ApiError::unavailable("SERVICE_UNREACHABLE", "gone for a moment");
    site.fake.world().failing.insert("ListCommunities", (blink, 2));
    assert_eq!(Browser::of(&site, "patient").get("/communities").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_that_is_behind_says_so() {
    let site = Site::start("127.0.0.1:0").await;
    site.fake.world().stale = true;
    for path in [format!("/threads/{}", id(0x70, 0)), format!("/communities/{}", id(0xc0, 0)), "/inbox".to_owned()] {
        let seen = Browser::of(&site, "patient").get(&path).await;
        assert!(seen.text.contains("This page is a moment behind"), "{path}");
    }
}
