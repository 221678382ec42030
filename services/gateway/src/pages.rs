//! The pages: server-rendered, complete without script.
//!
//! # Promises
//!
//! * Every form carries the session's proof and a command id, so a foreign site cannot
//!   send it and sending it twice is harmless.
//! * A refused form comes back with everything that was typed and says what to change.
//! * What is independent is fetched at once; names come in one batch a page.

mod assets;
mod communities;
mod community;
mod conversations;
mod errors;
mod flash;
mod frame;
mod inbox;
mod introductions;
mod manage;
mod me;
mod member;
mod mentor_report;
mod mentoring;
mod mentors;
mod new_thread;
mod next;
mod operator;
mod people;
mod post;
mod privacy;
mod register;
mod request;
mod settings;
mod sign_in;
mod staff;
mod thread;

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use kindred_service_kit::error::ApiError;

pub(crate) use sign_in::tenant_of_token;

use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::telemetry::named;

/// Every page: where it is and what answers there.
fn table() -> Vec<(&'static str, MethodRouter<Gateway>)> {
    vec![
        ("/", get(sign_in::start)),
        ("/assets/{name}", get(assets::file)),
        ("/t/{tenant}/sign-in", get(sign_in::ask).post(sign_in::send_link)),
        ("/t/{tenant}/register", get(register::ask).post(register::register)),
        ("/sign-in", get(sign_in::confirm).post(sign_in::redeem)),
        ("/sign-out", post(sign_in::sign_out)),
        ("/communities", get(communities::list).post(communities::create)),
        ("/communities/new", get(communities::new)),
        ("/communities/{id}", get(community::show)),
        ("/communities/{id}/join", post(community::join)),
        ("/communities/{id}/leave", post(community::leave)),
        ("/communities/{id}/members", get(community::members)),
        ("/communities/{id}/threads", post(new_thread::start)),
        ("/communities/{id}/threads/new", get(new_thread::show)),
        ("/communities/{id}/threads/similar", post(new_thread::similar)),
        ("/communities/{id}/manage", get(manage::show)),
        ("/communities/{id}/decision", post(manage::decide)),
        ("/communities/{id}/role", post(manage::role)),
        ("/communities/{id}/suspension", post(manage::suspend)),
        ("/communities/{id}/invitation", post(manage::invite)),
        ("/communities/{id}/change", get(manage::change_form).post(manage::change)),
        ("/threads/{id}", get(thread::show)),
        ("/threads/{id}/replies", post(thread::reply)),
        ("/posts/{id}/reaction", post(post::react)),
        ("/posts/{id}/edit", get(post::edit_form).post(post::edit)),
        ("/posts/{id}/history", get(post::history)),
        ("/posts/{id}/delete", post(post::delete)),
        ("/people", get(people::show)),
        ("/people/consent", post(people::consent)),
        ("/members/{id}", get(member::show)),
        ("/members/{id}/introduce", get(member::introduce_form).post(member::introduce)),
        ("/members/{id}/block", post(member::block)),
        ("/members/{id}/unblock", post(member::unblock)),
        ("/members/{id}/suspension", post(member::suspend)),
        ("/introductions", get(introductions::list)),
        ("/introductions/{id}/answer", post(introductions::answer)),
        ("/introductions/{id}/withdraw", post(introductions::withdraw)),
        ("/mentors", get(mentors::find)),
        ("/mentors/{id}/ask", get(mentors::ask_form).post(mentors::ask)),
        ("/mentors/wait", post(mentors::wait)),
        ("/mentors/wait/stop", post(mentors::stop_waiting)),
        ("/mentoring", get(mentoring::show)),
        ("/mentoring/{id}/answer", post(mentoring::answer)),
        ("/mentoring/{id}/withdraw", post(mentoring::withdraw)),
        ("/mentoring/{id}/check-in", post(mentoring::check_in)),
        ("/mentoring/{id}/end", post(mentoring::end)),
        ("/me/mentoring", get(mentors::offer_form).post(mentors::enrol)),
        ("/me/mentoring/pause", post(mentors::pause)),
        ("/me/mentoring/leave", post(mentors::leave)),
        ("/staff/mentors", get(mentor_report::report)),
        ("/staff/mentors/training", post(mentor_report::confirm)),
        ("/staff/mentors/round", post(mentor_report::run_round)),
        ("/communities/{id}/mentors", get(mentor_report::report_of)),
        ("/communities/{id}/mentors/training", post(mentor_report::confirm_in)),
        ("/communities/{id}/mentors/round", post(mentor_report::run_round_in)),
        ("/conversations", get(conversations::list).post(conversations::open)),
        ("/conversations/{id}", get(conversations::show)),
        ("/conversations/{id}/messages", post(conversations::write)),
        ("/conversations/{id}/leave", post(conversations::leave)),
        ("/messages/{id}/delete", post(conversations::delete)),
        ("/inbox", get(inbox::show)),
        ("/inbox/{id}/open", post(inbox::open)),
        ("/inbox/{id}/read", post(inbox::read)),
        ("/me", get(me::show)),
        ("/me/profile", post(me::save)),
        ("/me/notifications", get(settings::notifications).post(settings::save_notifications)),
        ("/me/blocks", get(settings::blocks)),
        ("/me/leave", get(settings::leave_form)),
        ("/me/erase", post(settings::erase)),
        ("/appearance", post(settings::appearance)),
        ("/unsubscribe", get(settings::unsubscribe_form).post(settings::unsubscribe)),
        ("/privacy", get(privacy::show)),
        ("/privacy/{id}", get(privacy::erasure).post(privacy::erase)),
        ("/staff", get(staff::show)),
        ("/staff/members", post(staff::register)),
        ("/operator", get(operator::projections)),
        ("/operator/tenants", get(operator::tenants).post(operator::create_tenant)),
    ]
}

/// Says a failure in words; the outermost layer of the pages.
pub(crate) use errors::layer as in_words;

/// The pages' router; what it does not know is a page too.
pub fn router() -> Router<Gateway> {
    let pages =
        table().into_iter().fold(Router::new(), |router, (path, answer)| router.route(path, named(path, answer)));
    pages
        .fallback(|| async { Failure(ApiError::not_found("PAGE_UNKNOWN", "no such page")) })
        .method_not_allowed_fallback(|| async { Failure(ApiError::not_found("PAGE_UNKNOWN", "no such page")) })
}
