//! The JSON API: what it takes, what it refuses and how, what it lists.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{Program, command};
use super::fake::id;
use super::site::Site;

async fn site() -> Site {
    Site::start("127.0.0.1:0").await
}

#[tokio::test]
async fn everything_that_the_pages_do_can_be_done_by_a_program() {
    let site = site().await;
    let patient = Program::of(&site, "patient");
    let circle = id(0xc0, 0);
    let made = patient
        .send(
            Method::POST,
            &format!("/communities/{circle}/threads"),
            json!({"command_id": command(), "title": "Hello", "text": "One."}),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("kindred-position"), made.json()["position"]);
    let thread = made.json()["id"].as_str().unwrap().to_owned();
    let reply = patient
        .send(Method::POST, &format!("/threads/{thread}/replies"), json!({"command_id": command(), "text": "Two."}))
        .await;
    let post = reply.json()["id"].as_str().unwrap().to_owned();
    for (method, path, body) in [
        (Method::PATCH, format!("/posts/{post}"), json!({"command_id": command(), "text": "Two and a half."})),
        (Method::PUT, format!("/posts/{post}/reaction"), json!({"command_id": command(), "reaction": "hug"})),
        (
            Method::PUT,
            "/me/consent".to_owned(),
            json!({"command_id": command(), "purpose": "matching", "agrees": true}),
        ),
        (
            Method::PUT,
            "/me/notifications".to_owned(),
            json!({"command_id": command(), "kind": "reply", "channel": "email", "on": false}),
        ),
        (
            Method::PUT,
            "/me/profile".to_owned(),
            json!({"command_id": command(), "fields": [{"kind": "interest", "value": "walking", "visibility": "community"}]}),
        ),
        (Method::POST, "/me/blocks".to_owned(), json!({"command_id": command(), "member_id": id(0x0e, 4)})),
        (Method::POST, format!("/inbox/{}/read", id(0x1b, 0)), json!({"command_id": command()})),
        (
            Method::POST,
            format!("/introductions/{}/answer", id(0x1d, 0)),
            json!({"command_id": command(), "accept": true}),
        ),
    ] {
        let seen = patient.send(method, &path, body).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.text);
        assert_eq!(seen.json()["changed"], true, "{path}");
    }
    let shown = patient.get(&format!("/threads/{thread}")).await.json();
    assert_eq!(shown["replies"]["items"][0]["text"], "Two and a half.");
    assert_eq!(shown["replies"]["items"][0]["your_reaction"], "hug");
    assert_eq!(shown["first"]["author"]["handle"], "quiet-heron");
    let gone = patient
        .plain(patient.request(Method::DELETE, &format!("/posts/{post}")).header("idempotency-key", command()))
        .await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let history = patient.get(&format!("/posts/{post}/history")).await;
    assert_eq!(history.json(), json!([]));
}

#[tokio::test]
async fn every_list_answers_and_staff_has_its_own() {
    let site = site().await;
    let circle = id(0xc0, 0);
    for (persona, path, at) in [
        ("patient", "/me".to_owned(), "/tenant_name"),
        ("patient", "/me/profile".to_owned(), "/fields/0/kind"),
        ("patient", "/me/notifications".to_owned(), "/0/channel"),
        ("patient", "/me/blocks".to_owned(), "/0/handle"),
        ("patient", "/communities".to_owned(), "/items/0/your_state"),
        ("patient", format!("/communities/{circle}"), "/join_policy"),
        ("patient", format!("/communities/{circle}/members?size=3"), "/items/2/member/handle"),
        ("manager", format!("/communities/{}/members?pending=true", id(0xc0, 1)), "/items/0/state"),
        ("patient", format!("/communities/{circle}/threads?size=2"), "/next_cursor"),
        ("patient", format!("/members/{}", id(0x0e, 2)), "/handle"),
        ("patient", format!("/members/{}/posts", id(0x0e, 2)), "/0/text"),
        ("patient", "/people?limit=3".to_owned(), "/matches/0/reasons/0/text"),
        ("patient", "/suggestions/communities?limit=1".to_owned(), "/0/community/name"),
        ("patient", format!("/suggestions/threads?community_id={circle}"), "/0/title"),
        ("patient", "/introductions".to_owned(), "/items/0/from/handle"),
        ("patient", "/mentors?limit=3".to_owned(), "/mentors/0/about"),
        ("patient", "/pairings".to_owned(), "/items/0/mentor_check_in/note"),
        ("mentor", "/me/mentoring".to_owned(), "/offer/active"),
        ("moderator", "/me/mentor-wait".to_owned(), "/since"),
        ("administrator", "/mentor-loads".to_owned(), "/mentors/0/capacity"),
        ("administrator", "/mentor-loads".to_owned(), "/queue/last_round/accepted"),
        ("manager", format!("/mentor-loads?community_id={circle}"), "/mentors/0/active"),
        ("patient", "/conversations?size=2".to_owned(), "/items/1/with/handle"),
        ("patient", format!("/conversations/{}?size=2", id(0xca, 0)), "/messages/next_cursor"),
        ("patient", "/inbox?unread=true".to_owned(), "/items/0/kind"),
        ("privacy", format!("/members/{}/erasure", id(0x0e, 10)), "/certificate"),
        ("operator", "/operator/tenants".to_owned(), "/items/0/tenant"),
        ("operator", "/operator/projections".to_owned(), "/0/projections/0/behind_events"),
    ] {
        let seen = Program::of(&site, persona).get(&path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.text);
        assert!(seen.json().pointer(at).is_some(), "{path} has no {at}: {}", seen.text);
    }
}

#[tokio::test]
async fn cursors_lead_through_all_of_a_list_once() {
    let site = site().await;
    let patient = Program::of(&site, "patient");
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = patient.get(&format!("/communities/{}/threads?size=2&cursor={cursor}", id(0xc0, 0))).await.json();
        titles.extend(page["items"].as_array().unwrap().iter().map(|one| one["thread_id"].to_string()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let all = titles.len();
    titles.sort();
    titles.dedup();
    assert_eq!((titles.len(), all), (6, 6));
}

#[tokio::test]
async fn every_failure_has_the_one_body() {
    let site = site().await;
    let ids = (id(0x70, 0), id(0xc0, 0));
    for (persona, method, path, body, status, reason, field) in [
        ("patient", Method::GET, "/threads/nope".to_owned(), Value::Null, 404, "THREAD_UNKNOWN", None),
        ("patient", Method::GET, "/communities/nope".into(), Value::Null, 400, "ID_MALFORMED", Some("community_id")),
        ("patient", Method::GET, format!("/communities/{}", id(0xc0, 99)), Value::Null, 404, "COMMUNITY_UNKNOWN", None),
        ("newcomer", Method::GET, format!("/threads/{}", ids.0), Value::Null, 403, "NOT_A_MEMBER", None),
        ("patient", Method::GET, "/operator/projections".to_owned(), Value::Null, 403, "OPERATORS_ONLY", None),
        ("patient", Method::GET, "/communities?size=0".to_owned(), Value::Null, 400, "PAGE_SIZE", Some("size")),
        ("patient", Method::GET, "/communities?size=101".to_owned(), Value::Null, 400, "PAGE_SIZE", Some("size")),
        ("patient", Method::GET, "/communities?sice=5".to_owned(), Value::Null, 400, "QUERY_MALFORMED", Some("query")),
        ("patient", Method::GET, "/people?limit=999".to_owned(), Value::Null, 400, "PAGE_SIZE", Some("limit")),
        ("patient", Method::GET, "/suggestions/threads?limit=0".into(), Value::Null, 400, "PAGE_SIZE", Some("limit")),
        ("patient", Method::PUT, "/me/consent".into(), json!({"purpose": "all"}), 400, "JSON_MALFORMED", Some("body")),
        ("patient", Method::GET, "/nothing/here".to_owned(), Value::Null, 404, "ROUTE_UNKNOWN", None),
        ("patient", Method::PUT, "/communities".to_owned(), json!({}), 405, "METHOD_UNKNOWN", None),
        (
            "patient",
            Method::POST,
            format!("/threads/{}/replies", ids.0),
            json!({"text": "x"}),
            400,
            "COMMAND_ID_MISSING",
            Some("command_id"),
        ),
        (
            "patient",
            Method::POST,
            format!("/threads/{}/replies", ids.0),
            json!({"text": "x", "command_id": "7"}),
            400,
            "COMMAND_ID_MALFORMED",
            Some("command_id"),
        ),
        (
            "patient",
            Method::POST,
            format!("/threads/{}/replies", ids.0),
            json!({"text": " ", "command_id": command()}),
            400,
            "TEXT_EMPTY",
            Some("text"),
        ),
        (
            "patient",
            Method::POST,
            format!("/threads/{}/replies", ids.0),
            json!({"text": "a\u{0}b", "command_id": command()}),
            400,
            "TEXT_CONTROL_CHARACTER",
            Some("text"),
        ),
        (
            "patient",
            Method::POST,
            format!("/communities/{}/threads", ids.1),
            json!({"title": "t".repeat(161), "text": "x", "command_id": command()}),
            400,
            "TEXT_TOO_LONG",
            Some("title"),
        ),
        (
            "patient",
            Method::POST,
            "/me/erasure".to_owned(),
            json!({"handle": "somebody-else", "command_id": command()}),
            400,
            "HANDLE_DIFFERS",
            Some("handle"),
        ),
        (
            "newcomer",
            Method::POST,
            format!("/communities/{}/join", id(0xc0, 4)),
            json!({"command_id": command()}),
            422,
            "BY_INVITATION",
            None,
        ),
        ("", Method::GET, "/me".to_owned(), Value::Null, 401, "SESSION_MISSING", None),
        (
            "",
            Method::POST,
            "/sessions".to_owned(),
            json!({"token": "riverside.x.y", "command_id": command()}),
            401,
            "LINK_UNKNOWN",
            None,
        ),
        (
            "",
            Method::POST,
            "/sign-in".to_owned(),
            json!({"tenant": "NOT", "email": "a@b.c", "command_id": command()}),
            400,
            "TENANT_MALFORMED",
            Some("tenant"),
        ),
    ] {
        let program = if persona.is_empty() { Program::stranger(&site) } else { Program::of(&site, persona) };
        let seen = if body.is_null() { program.get(&path).await } else { program.send(method, &path, body).await };
        assert_eq!(seen.status.as_u16(), status, "{path}: {}", seen.text);
        assert_eq!(seen.header("content-type"), "application/json", "{path}");
        let problem = seen.json();
        assert_eq!((problem["reason"].as_str(), problem["field"].as_str()), (Some(reason), field), "{path}: {problem}");
        assert!(problem["code"].is_string() && problem["message"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn json_that_does_not_hold_is_refused_and_changes_nothing() {
    let many =
        [("KINDRED__LIMITS__REQUESTS_PER_SECOND_PER_SESSION", "1000"), ("KINDRED__HTTP__MAX_BODY_BYTES", "65536")];
    let site = Site::with("127.0.0.1:0", &many).await;
    let patient = Program::of(&site, "patient");
    let path = format!("/threads/{}/replies", id(0x70, 0));
    let key = command();
    let good = |rest: &str| format!("{{\"command_id\":\"{key}\",{rest}}}");
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("application/json", b"".to_vec(), "missing field `text`"),
        ("application/json", b"null".to_vec(), "the body"),
        ("application/json", b"[]".to_vec(), "the body"),
        ("application/json", b"5".to_vec(), "the body"),
        ("application/json", b"\"text\"".to_vec(), "the body"),
        ("application/json", b"{".to_vec(), "EOF"),
        ("application/json", b"{}".to_vec(), "missing field `text`"),
        ("application/json", b"{\"text\":}".to_vec(), "expected value"),
        ("application/json", b"{'text':'x'}".to_vec(), "key must be a string"),
        ("application/json", good("\"text\":\"x\",").into_bytes(), "trailing comma"),
        ("application/json", good("\"text\":5").into_bytes(), "`text`"),
        ("application/json", good("\"text\":null").into_bytes(), "`text`"),
        ("application/json", good("\"text\":true").into_bytes(), "`text`"),
        ("application/json", good("\"text\":[\"x\"]").into_bytes(), "`text`"),
        ("application/json", good("\"text\":{\"a\":1}").into_bytes(), "`text`"),
        ("application/json", good("\"text\":1e400").into_bytes(), "text"),
        ("application/json", good("\"text\":\"x\",\"text\":\"y\"").into_bytes(), "duplicate field `text`"),
        ("application/json", good("\"text\":\"x\",\"more\":1").into_bytes(), "unknown field `more`"),
        ("application/json", good("\"text\":\"x\",\"member_id\":\"0e\"").into_bytes(), "unknown field `member_id`"),
        ("application/json", good("\"text\":\"x\",\"tenant\":\"lakeside\"").into_bytes(), "unknown field `tenant`"),
        ("application/json", good("\"text\":\"\\ud800\"").into_bytes(), "`text`"),
        ("application/json", good("\"text\":\"\\udc00\\ud800\"").into_bytes(), "`text`"),
        ("application/json", good("\"text\":\"\\x41\"").into_bytes(), "invalid escape"),
        ("application/json", [good("\"text\":\"").as_bytes(), b"\n\"}"].concat(), "control character"),
        (
            "application/json",
            [b"{\"command_id\":\"".as_slice(), key.as_bytes(), b"\",\"text\":\"\xff\xfe\"}"].concat(),
            "`text`",
        ),
        ("application/json", [b"\xef\xbb\xbf".as_slice(), good("\"text\":\"x\"").as_bytes()].concat(), "the body"),
        ("application/json", [b"\xff\xfe{\0}\0".as_slice()].concat(), "the body"),
        ("application/json", [good("\"text\":\"x\"").as_bytes(), b"{}"].concat(), "after the body"),
        ("application/json", [good("\"text\":\"x\"").as_bytes(), b" junk"].concat(), "after the body"),
        ("application/json", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes(), "the body"),
        (
            "application/json",
            good(&format!("\"text\":{}1{}", "[".repeat(5_000), "]".repeat(5_000))).into_bytes(),
            "text",
        ),
        ("application/json", good(&format!("\"text\":\"{}\"", "x".repeat(70_000))).into_bytes(), "longer than"),
        ("application/json", good(&format!("\"text\":\"{}\"", "x".repeat(21_000))).into_bytes(), "longer than 20000"),
        ("application/json", good("\"text\":\"\"").into_bytes(), "`text` is empty"),
        ("application/json", good("\"text\":\"a\\u0000b\"").into_bytes(), "U+0000"),
        ("application/json", good("\"text\":\"a\\rb\"").into_bytes(), "U+000D"),
        ("application/json", b"{\"command_id\":7,\"text\":\"x\"}".to_vec(), "`command_id`"),
        ("application/json", b"{\"command_id\":\"\",\"text\":\"x\"}".to_vec(), "`command_id`"),
        (
            "application/json",
            b"{\"command_id\":\"00000000-0000-0000-0000-000000000000\",\"text\":\"x\"}".to_vec(),
            "`command_id`",
        ),
        ("application/json", b"{\"command_id\":\"../../etc/passwd\",\"text\":\"x\"}".to_vec(), "`command_id`"),
        ("text/plain", good("\"text\":\"x\"").into_bytes(), "application/json"),
        ("application/x-www-form-urlencoded", b"text=x".to_vec(), "application/json"),
        ("application/jsonp", good("\"text\":\"x\"").into_bytes(), "application/json"),
        ("", good("\"text\":\"x\"").into_bytes(), "application/json"),
    ];
    assert!(table.len() >= 40);
    let before = site.fake.world().talks[&id(0x70, 0)].posts.len();
    for (kind, body, words) in table {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let seen = patient.raw(Method::POST, &path, kind, body).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{shown}: {}", seen.text);
        assert!(seen.json()["message"].as_str().unwrap().contains(words), "{shown}: {}", seen.text);
    }
    assert_eq!(site.fake.world().talks[&id(0x70, 0)].posts.len(), before);
}

#[tokio::test]
async fn the_same_command_again_is_one_command_and_says_so() {
    let site = site().await;
    let patient = Program::of(&site, "patient");
    let path = format!("/threads/{}/replies", id(0x70, 0));
    let body = json!({"command_id": command(), "text": "once"});
    let first = patient.send(Method::POST, &path, body.clone()).await;
    let again = patient.send(Method::POST, &path, body).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(again.json()["replayed"], true);
}

#[tokio::test]
async fn a_position_is_passed_on_and_a_stale_answer_says_so() {
    let site = site().await;
    let patient = Program::of(&site, "patient");
    site.fake.world().stale = true;
    let request = patient.request(Method::GET, &format!("/communities/{}/threads", id(0xc0, 0)));
    let seen = patient.plain(request.header("kindred-position", "kpt1.a.b, kpt1.c.d")).await;
    assert_eq!(seen.json()["stale"], true);
    let wanted = site.fake.world().wanted.clone();
    assert!(["kpt1.a.b", "kpt1.c.d"].iter().all(|one| wanted.iter().any(|other| other == one)), "{wanted:?}");
}

#[tokio::test]
async fn what_a_client_claims_about_itself_counts_for_nothing() {
    let site = site().await;
    let patient = Program::of(&site, "patient");
    let request = patient.request(Method::GET, "/communities");
    let claims = request
        .header("x-tenant-id", "lakeside")
        .header("x-forwarded-user", "operator")
        .header("kindred-caller", "kct1.forged.token")
        .header("kindred-service", "gateway");
    let seen = patient.plain(claims).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.json()["items"].as_array().unwrap().len(), 5, "one's own tenant's, no other's");
    let other = Program::of(&site, "patient").get(&format!("/members/{}", id(0x0e, 11))).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert!(!other.text.contains("far-away"));
}

#[tokio::test]
async fn a_made_up_session_is_nobodys() {
    let site = site().await;
    for token in ["riverside.session.unknown", "x", "riverside..", &"a".repeat(5_000), "' OR 1=1 --"] {
        let program = Program::stranger(&site);
        let request = program.request(Method::GET, "/me").header("authorization", format!("Bearer {token}"));
        let seen = program.plain(request).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{token}: {}", seen.text);
        assert_eq!(seen.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn the_document_is_served_and_every_get_in_it_answers_as_it_says() {
    let site = site().await;
    let document = Program::stranger(&site).get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with('3'));
    let operator = Program::of(&site, "operator");
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() || path == "/inbox/events" {
            continue;
        }
        let filled = path.replace("{id}", &id(0xc0, 0)).replace("{member_id}", &id(0x0e, 0));
        let seen = operator.get(&filled).await;
        assert_ne!(seen.json()["reason"], "ROUTE_UNKNOWN", "{path}");
        assert!(!seen.status.is_server_error(), "{path}: {}", seen.text);
    }
}

#[tokio::test]
async fn a_flood_is_turned_away_with_a_time_to_come_back() {
    let site = Site::with("127.0.0.1:0", &[("KINDRED__LIMITS__REQUESTS_PER_SECOND_PER_SESSION", "5")]).await;
    let patient = Program::of(&site, "patient");
    let mut turned_away = None;
    for _ in 0..60 {
        let seen = patient.get("/me/blocks").await;
        if seen.status == StatusCode::TOO_MANY_REQUESTS {
            turned_away = Some(seen);
            break;
        }
    }
    let seen = turned_away.expect("sixty at once are too many for five a second");
    assert_eq!(seen.json()["code"], "RESOURCE_EXHAUSTED");
    assert!(seen.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(Program::of(&site, "mentor").get("/me/blocks").await.status, StatusCode::OK, "others go on");
}

#[tokio::test]
async fn a_mailbox_is_not_flooded_by_strangers() {
    let site = Site::with("127.0.0.1:0", &[("KINDRED__LIMITS__MAILS_PER_HOUR_PER_MAILBOX", "2")]).await;
    let stranger = Program::stranger(&site);
    let mut last = StatusCode::OK;
    for spelling in ["quiet-heron@mail.example", "QUIET-HERON@mail.example", " quiet-heron@mail.example "] {
        let body = json!({"command_id": command(), "tenant": "riverside", "email": spelling});
        last = stranger.send(Method::POST, "/sign-in", body).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
