//! The few files that pages need, from the binary itself.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::ApiError;

use crate::failure::Answer;

const STYLE: &str = include_str!("../../assets/kindred.css");
const SCRIPT: &str = include_str!("../../assets/live.js");
const ICON: &str = include_str!("../../assets/icon.svg");

/// `GET /assets/{name}`: a file of the build, or the accent of one hue.
pub async fn file(Path(name): Path<String>) -> Answer<Response> {
    match name.as_str() {
        "kindred.css" => Ok(kept("text/css; charset=utf-8", STYLE.to_owned())),
        "live.js" => Ok(kept("text/javascript; charset=utf-8", SCRIPT.to_owned())),
        "icon.svg" => Ok(kept("image/svg+xml", ICON.to_owned())),
        other => hue(other).ok_or_else(|| ApiError::not_found("PAGE_UNKNOWN", "no such page").into()),
    }
}

fn hue(name: &str) -> Option<Response> {
    let number: u16 = name.strip_prefix("hue-")?.strip_suffix(".css")?.parse().ok()?;
    (number < 360).then(|| kept("text/css; charset=utf-8", format!(":root {{ --accent-h: {number}; }}\n")))
}

/// A day: pages ask with the build's name, so a new build is fetched at once.
fn kept(kind: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
    ];
    (headers, text).into_response()
}
