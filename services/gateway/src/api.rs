//! The JSON API under `/api/v1`: everything that the pages do.
//!
//! # Promises
//!
//! * Input is strict: an unknown field, a wrong type, another content type or too much of
//!   it is refused with the place that is meant, and nothing is repaired.
//! * Every change takes a command id of the client's, in `command_id` or
//!   `idempotency-key`, and may be sent again.
//! * `/api/v1/openapi.json` lists every operation; a test walks the table of routes.

mod command;
mod communities;
mod conversations;
mod document;
mod inbox;
mod introductions;
mod me;
mod members;
mod mentoring;
mod operator;
mod people;
mod query;
mod session;
mod stream;
mod suggestions;
mod threads;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use axum::{Json, routing};
use kindred_service_kit::error::{ApiError, ErrorCode};

pub use document::document;
pub use stream::Streams;

use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::model::Accepted;
use crate::positions;
use crate::telemetry::named;

macro_rules! routes {
    ($($method:ident $path:literal => $module:ident::$handler:ident,)*) => {
        /// Every operation: method and path.
        pub const TABLE: &[(&str, &str)] = &[$((stringify!($method), $path),)*];

        fn operations() -> Router<Gateway> {
            Router::new()$(.route($path, named(concat!("/api/v1", $path), routing::on(filter(stringify!($method)), $module::$handler))))*
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($module::$handler,)*))]
        struct Operations;
    };
}

routes! {
    POST "/sign-in" => session::request_link,
    POST "/sessions" => session::redeem,
    DELETE "/sessions/current" => session::sign_out,
    GET "/me" => me::get,
    GET "/me/profile" => me::profile,
    PUT "/me/profile" => me::set_profile,
    PUT "/me/consent" => me::set_consent,
    POST "/me/erasure" => me::erase,
    GET "/me/notifications" => me::preferences,
    PUT "/me/notifications" => me::set_preference,
    GET "/me/blocks" => me::blocks,
    POST "/me/blocks" => me::block,
    DELETE "/me/blocks/{member_id}" => me::unblock,
    GET "/communities" => communities::list,
    POST "/communities" => communities::create,
    GET "/communities/{id}" => communities::get,
    PATCH "/communities/{id}" => communities::change,
    POST "/communities/{id}/join" => communities::join,
    POST "/communities/{id}/leave" => communities::leave,
    GET "/communities/{id}/members" => communities::members,
    POST "/communities/{id}/members/{member_id}/decision" => communities::decide,
    POST "/communities/{id}/members/{member_id}/role" => communities::set_role,
    POST "/communities/{id}/members/{member_id}/suspension" => communities::suspend,
    POST "/communities/{id}/members/{member_id}/invitation" => communities::invite,
    GET "/communities/{id}/threads" => threads::list,
    POST "/communities/{id}/threads" => threads::start,
    POST "/communities/{id}/threads/similar" => threads::similar,
    GET "/threads/{id}" => threads::get,
    POST "/threads/{id}/replies" => threads::reply,
    PATCH "/posts/{id}" => threads::edit,
    DELETE "/posts/{id}" => threads::delete,
    PUT "/posts/{id}/reaction" => threads::react,
    GET "/posts/{id}/history" => threads::history,
    GET "/people" => people::find,
    GET "/suggestions/communities" => suggestions::communities,
    GET "/suggestions/threads" => suggestions::threads,
    GET "/members/{id}" => members::get,
    GET "/members/{id}/posts" => members::posts,
    POST "/members" => members::register,
    POST "/members/{id}/suspension" => members::suspend,
    POST "/members/{id}/erasure" => members::erase,
    GET "/members/{id}/erasure" => members::erasure,
    GET "/introductions" => introductions::list,
    POST "/introductions" => introductions::request,
    POST "/introductions/{id}/answer" => introductions::answer,
    POST "/introductions/{id}/withdraw" => introductions::withdraw,
    GET "/mentors" => mentoring::find,
    POST "/mentors/{member_id}/training" => mentoring::confirm_training,
    GET "/mentor-loads" => mentoring::loads,
    POST "/mentor-rounds" => mentoring::run_round,
    GET "/me/mentor-wait" => mentoring::waiting,
    PUT "/me/mentor-wait" => mentoring::wait,
    DELETE "/me/mentor-wait" => mentoring::stop_waiting,
    GET "/me/mentoring" => mentoring::own,
    PUT "/me/mentoring" => mentoring::enrol,
    DELETE "/me/mentoring" => mentoring::leave,
    PUT "/me/mentoring/capacity" => mentoring::change_capacity,
    PUT "/me/mentoring/pause" => mentoring::pause,
    GET "/pairings" => mentoring::list,
    POST "/pairings" => mentoring::request,
    POST "/pairings/{id}/answer" => mentoring::answer,
    POST "/pairings/{id}/withdraw" => mentoring::withdraw,
    POST "/pairings/{id}/end" => mentoring::end,
    POST "/pairings/{id}/check-ins" => mentoring::check_in,
    GET "/conversations" => conversations::list,
    POST "/conversations" => conversations::open,
    GET "/conversations/{id}" => conversations::get,
    POST "/conversations/{id}/messages" => conversations::write,
    POST "/conversations/{id}/leave" => conversations::leave,
    DELETE "/messages/{id}" => conversations::delete,
    GET "/inbox" => inbox::list,
    POST "/inbox/{id}/read" => inbox::mark_read,
    GET "/inbox/events" => stream::events,
    POST "/unsubscribe" => inbox::unsubscribe,
    GET "/operator/tenants" => operator::tenants,
    POST "/operator/tenants" => operator::create_tenant,
    POST "/operator/tenants/{tenant}/suspension" => operator::suspend_tenant,
    GET "/operator/projections" => operator::projections,
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "GET" => MethodFilter::GET,
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        other => unreachable!("`{other}` is in no line of the table"),
    }
}

/// The API's router, without its prefix.
pub fn router() -> Router<Gateway> {
    operations()
        .route("/openapi.json", routing::get(|State(_): State<Gateway>| async { Json(document()) }))
        .fallback(|| async { Failure(ApiError::not_found("ROUTE_UNKNOWN", "there is no such address in this API")) })
        .method_not_allowed_fallback(|| async {
            let error =
                ApiError::new(ErrorCode::InvalidArgument, "METHOD_UNKNOWN", "this address does not take that method");
            let mut response = Failure(error).into_response();
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response
        })
}

/// What was accepted, also as the position to send back.
impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        let position = HeaderValue::from_str(&self.position).ok().filter(|value| !value.is_empty());
        let mut response = Json(self).into_response();
        if let Some(position) = position {
            response.headers_mut().insert(positions::NAME, position);
        }
        response
    }
}

/// As [`Accepted`], of something that was made.
pub struct Created(pub Accepted);

impl IntoResponse for Created {
    fn into_response(self) -> Response {
        let status = if self.0.replayed { StatusCode::OK } else { StatusCode::CREATED };
        (status, self.0).into_response()
    }
}
