//! Sign-in links and the sessions they open.

use kindred_proto::membership as wire;
use kindred_service_kit::error::ApiError;

use crate::backends::{Call, ask};
use crate::model::{Accepted, Moment};

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The secret for the cookie or the bearer header.
    pub session_token: String,
    /// When it is over.
    pub expires_at: Option<Moment>,
}

/// Asks for a link by mail. The answer is the same whether or not the address is known.
pub async fn request(call: &Call, command_id: String, tenant: String, email: String) -> Result<(), ApiError> {
    ask!(call, sessions.request_sign_in(wire::RequestSignInRequest { command_id, tenant, email })).map(drop)
}

/// Takes a link, once.
pub async fn redeem(call: &Call, command_id: String, token: String) -> Result<Opened, ApiError> {
    let answer = ask!(call, sessions.redeem_sign_in(wire::RedeemSignInRequest { command_id, token }))?;
    Ok(Opened { session_token: answer.session_token, expires_at: Moment::of_wire(answer.expires_at) })
}

/// Ends the caller's session.
pub async fn sign_out(call: &Call, command_id: String) -> Result<Accepted, ApiError> {
    Ok(Accepted::of_wire(ask!(call, sessions.sign_out(wire::SignOutRequest { command_id }))?.receipt))
}
