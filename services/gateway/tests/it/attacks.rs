//! What attackers try with a browser in the middle.

use reqwest::{Method, StatusCode};

use super::browser::{Browser, Program, value_of};
use super::fake::id;
use super::markup::what_runs;
use super::site::Site;

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_may_run() {
    let site = Site::start("127.0.0.1:0").await;
    let browser = Browser::of(&site, "patient");
    for path in ["/communities", "/no/such/page", "/assets/kindred.css", "/api/v1/me", "/api/v1/nothing"] {
        let seen = browser.get(path).await;
        let policy = seen.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(seen.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(seen.header("referrer-policy"), "same-origin", "{path}");
    }
    assert_eq!(browser.get("/communities").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn cookies_are_secure_where_the_address_is() {
    let site = Site::with("127.0.0.1:0", &[("KINDRED__HTTP__PUBLIC_URL", "https://kindred.example")]).await;
    site.fake.world().links.insert("riverside.link.x".to_owned(), id(0x0e, 0));
    let mut browser = Browser::new(&site);
    let page = browser.get("/sign-in?token=riverside.link.x").await.text;
    let fields = form(&[("command", &value_of(&page, "command")), ("token", "riverside.link.x")]);
    let seen = browser.post_from("https://kindred.example", "/sign-in", &fields).await;
    let cookie = seen.cookies()[0].to_owned();
    assert!(cookie.starts_with("__Host-kindred-session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(seen.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn a_form_of_another_site_or_session_changes_nothing() {
    let site = Site::start("127.0.0.1:0").await;
    let action = format!("/threads/{}/replies", id(0x70, 0));
    let mut patient = Browser::of(&site, "patient");
    let page = patient.get(&format!("/threads/{}", id(0x70, 0))).await.text;
    let other = Browser::of(&site, "mentor").get(&format!("/threads/{}", id(0x70, 0))).await.text;
    let (csrf, command) = (value_of(&page, "csrf"), value_of(&page, "command"));
    let before = site.fake.world().talks[&id(0x70, 0)].posts.len();
    let own = patient.url.clone();
    for (origin, csrf) in [
        ("https://evil.example", csrf.as_str()),
        ("null", csrf.as_str()),
        (own.as_str(), ""),
        (own.as_str(), "AAAA"),
        (own.as_str(), value_of(&other, "csrf").as_str()),
    ] {
        let fields = form(&[("csrf", csrf), ("command", &command), ("text", "evil")]);
        let seen = patient.post_from(origin, &action, &fields).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{origin} {csrf}");
        assert!(seen.text.contains("This form is too old"), "{}", seen.text);
    }
    assert_eq!(site.fake.world().talks[&id(0x70, 0)].posts.len(), before);
}

#[tokio::test]
async fn the_api_takes_a_cookie_only_from_its_own_pages() {
    let site = Site::start("127.0.0.1:0").await;
    let program = Program::stranger(&site);
    let cookie = format!("kindred-session={}", super::fake::persona("patient"));
    let join =
        || program.request(Method::POST, &format!("/communities/{}/join", id(0xc0, 3))).header("cookie", &cookie);
    let body = |request: reqwest::RequestBuilder| request.header("idempotency-key", super::browser::command());
    for (request, status) in [
        (body(join()), 403),
        (body(join().header("origin", "https://evil.example")), 403),
        (body(join().header("origin", &site.url).header("sec-fetch-site", "cross-site")), 403),
        (body(join().header("origin", &site.url)), 200),
        (body(join().header("sec-fetch-site", "same-origin")), 200),
    ] {
        let seen = program.plain(request).await;
        assert_eq!(seen.status.as_u16(), status, "{}", seen.text);
    }
    let read = program.request(Method::GET, "/me").header("cookie", &cookie);
    assert_eq!(program.plain(read).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_is_signed_in_by_a_foreign_site() {
    let site = Site::start("127.0.0.1:0").await;
    site.fake.world().links.insert("riverside.link.evil".to_owned(), id(0x0e, 2));
    let mut victim = Browser::new(&site);
    let fields = form(&[("command", &super::browser::command()), ("token", "riverside.link.evil")]);
    let seen = victim.post_from("https://evil.example", "/sign-in", &fields).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(victim.cookies.is_empty());
    assert_eq!(site.fake.world().links.len(), 1, "the link was not used up");
}

#[tokio::test]
async fn a_redirect_stays_on_this_site() {
    let site = Site::start("127.0.0.1:0").await;
    let mut browser = Browser::of(&site, "patient");
    for back in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let seen = browser.post("/appearance", &form(&[("theme", "dark"), ("back", back)])).await;
        assert_eq!(seen.header("location"), "/", "{back}");
    }
    let item = id(0x1b, 1);
    let fields = [("kind", "reply"), ("thread", "//evil.example"), ("subject", "x")];
    let seen = browser.submit("/inbox", &format!("/inbox/{item}/open"), &fields).await;
    assert!(seen.header("location").starts_with("/inbox"), "{}", seen.header("location"));
}

#[tokio::test]
async fn whatever_people_write_stays_text() {
    let site = Site::start("127.0.0.1:0").await;
    let all = corpus();
    assert!(all.len() >= 200, "{} strings", all.len());
    for chunk in all.chunks(40) {
        {
            let mut world = site.fake.world();
            let talk = world.talks.get_mut(&id(0x70, 0)).unwrap();
            talk.posts.truncate(1);
            for (number, evil) in (0_u32..).zip(chunk) {
                talk.posts.push(super::fake::Written { id: id(0x73, number), ..talk.posts[0].clone() });
                talk.posts.last_mut().unwrap().versions = vec![(evil.clone(), 1)];
            }
            talk.title = chunk[0].clone();
            world.circles.get_mut(&id(0xc0, 0)).unwrap().purpose = chunk[1].clone();
            world.circles.get_mut(&id(0xc0, 0)).unwrap().guidelines = chunk[2].clone();
            world.people.get_mut(&id(0x0e, 8)).unwrap().handle = chunk[3].clone();
            world.wishes.get_mut(&id(0x1d, 0)).unwrap().note = chunk[4].clone();
            world.people.get_mut(&id(0x0e, 2)).unwrap().fields[0].label = chunk[5].clone();
            world.offers.get_mut(&id(0x0e, 4)).unwrap().about = chunk[1].clone();
            let pairing = world.pairings.get_mut(&id(0x9a, 0)).unwrap();
            pairing.note = chunk[2].clone();
            pairing.mentor_check_in.as_mut().unwrap().note = chunk[4].clone();
        }
        let patient = Browser::of(&site, "patient");
        for path in [
            format!("/threads/{}", id(0x70, 0)),
            format!("/communities/{}", id(0xc0, 0)),
            "/introductions".to_owned(),
            "/people".to_owned(),
            "/mentors".to_owned(),
            "/mentoring".to_owned(),
            format!("/members/{}", id(0x0e, 8)),
        ] {
            let seen = patient.get(&path).await;
            assert_eq!(seen.status, StatusCode::OK, "{path}");
            assert_eq!(what_runs(&seen.text), None, "{path}");
        }
    }
}

/// Markup, half markup, Markdown, controls and look-alikes, in many wrappings.
fn corpus() -> Vec<String> {
    let payloads = [
        "<script>alert(1)</script>",
        "<ScRiPt>alert(1)</sCrIpT>",
        "<script src=//evil.example></script>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"x\" onerror=\"alert(1)\">",
        "<svg/onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
        "<iframe src=javascript:alert(1)>",
        "<object data=javascript:alert(1)>",
        "<embed src=javascript:alert(1)>",
        "<body onload=alert(1)>",
        "<a href=javascript:alert(1)>x</a>",
        "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<a href=\" javascript:alert(1)\">x</a>",
        "<form action=javascript:alert(1)><button>x",
        "<base href=//evil.example>",
        "<style>*{background:url(//evil.example)}</style>",
        "<p style=background:url(//evil.example)>x",
        "<details open ontoggle=alert(1)>",
        "<video><source onerror=alert(1)>",
        "<template><script>alert(1)</script></template>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "</textarea><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "\"><script>alert(1)</script>",
        "' onmouseover='alert(1)",
        "\" onfocus=\"alert(1)\" x=\"",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "![x](javascript:alert(1))",
        "![x\" onerror=\"alert(1)](x)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "<https://x\"onmouseover=\"alert(1)>",
        "https://x.example/\"onmouseover=\"alert(1)",
        "`<script>alert(1)</script>`",
        "    <script>alert(1)</script>",
        "~~~\n<script>\n~~~",
        "> <script>alert(1)</script>",
        "* <img src=x onerror=alert(1)>",
        "# <script>alert(1)</script>",
        "@two-cups\"onclick=alert(1)",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;",
        "\u{202e}<script>alert(1)</script>",
        "\u{200d}\u{200b}<script>",
        "＜script＞alert(1)＜/script＞",
        "<scr\u{0}ipt>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "+1+1",
        "{{7*7}}",
        "${7*7}",
        "{% raw %}",
        "%0d%0aSet-Cookie: x=y",
        "a\u{2028}b",
        "\u{feff}x",
        "<plaintext>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    ];
    let wrappings: [fn(&str) -> String; 4] = [
        ToString::to_string,
        |text| format!("before {text} after"),
        |text| format!("**{text}**\n\n- {text}"),
        |text| format!("[{text}](https://a.example \"{text}\")"),
    ];
    payloads.iter().flat_map(|payload| wrappings.iter().map(move |wrap| wrap(payload))).collect()
}
