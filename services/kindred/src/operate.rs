//! What an operator asks of running services.

mod log;
mod parked;
mod projection;
mod redact;
mod tenant;

use anyhow::Context as _;
use kindred_service_kit::caller::Role;

pub use log::LogCommand;
pub use parked::ParkedCommand;
pub use projection::ProjectionCommand;
pub use tenant::TenantCommand;

/// A command id drawn for one command given by hand.
///
/// # Errors
///
/// If the system gives no random bytes.
pub fn fresh_command_id() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    let drawn = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    drawn.ok().context("draw random bytes")?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

/// The service that a command line names.
fn service(name: &str) -> anyhow::Result<Role> {
    name.parse().with_context(|| format!("`{name}` is no service"))
}
