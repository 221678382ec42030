//! In which language people are told why.

use reqwest::Method;

use super::browser::{Browser, Program};
use super::site::Site;

#[tokio::test]
async fn whoever_says_what_they_read_is_told_why_in_it() {
    let site = Site::start("127.0.0.1:0").await;
    let patient = Program::of(&site, "patient");
    for (accepted, language) in [("es-MX,es;q=0.9,en;q=0.8", "es"), ("en-US,en", "en"), (&*"es,".repeat(400), "en")] {
        let asked = patient.request(Method::GET, "/people?limit=3").header("accept-language", accepted);
        let people = patient.plain(asked).await.json();
        assert_eq!(people["language"], language);
        assert_eq!(people["matches"][0]["reasons"][0]["language"], language);
        let page = Browser::of(&site, "patient").speaking("/people", accepted).await;
        let (reason, advice) = (format!("\" lang=\"{language}\">You both"), format!("<span lang=\"{language}\">"));
        assert!(page.text.contains(&reason) && page.text.contains(&advice), "{}", page.text);
    }
}
