//! `kindred health`: what a role says of itself, for containers without a shell.

use std::net::SocketAddr;
use std::time::Duration;

use kindred_service_kit::error::{ApiError, ErrorCode};
use serde_json::json;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::output::Format;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// `kindred health`.
#[derive(Debug, clap::Args)]
pub struct Health {
    /// Where the role answers for its health.
    #[arg(default_value = "127.0.0.1:8081")]
    address: SocketAddr,
    /// Whether it lives, instead of whether it is ready.
    #[arg(long)]
    liveness: bool,
}

impl Health {
    /// Asks once.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if there is no answer, or the answer is no.
    pub async fn run(self, format: Format) -> anyhow::Result<()> {
        let service = if self.liveness { "liveness" } else { "readiness" };
        let status = tokio::time::timeout(PATIENCE, ask(self.address, service)).await;
        let no = |message: String| ApiError::new(ErrorCode::Unavailable, "NOT_SERVING", message);
        let silent = || no(format!("nothing answers for its health on {}", self.address));
        let status = status.map_err(|_| silent())?.map_err(|_| silent())?;
        if status != ServingStatus::Serving {
            return Err(no(format!("`{service}` on {} is {}", self.address, status.as_str_name())).into());
        }
        let value = json!({ "address": self.address.to_string(), "service": service, "status": status.as_str_name() });
        format.one(&value, |_| format!("`{service}` on {} is {}", self.address, status.as_str_name()))
    }
}

async fn ask(address: SocketAddr, service: &str) -> anyhow::Result<ServingStatus> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let request = HealthCheckRequest { service: service.to_owned() };
    Ok(HealthClient::new(channel).check(request).await?.get_ref().status())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn silence_is_told_with_its_address() {
        // A port that was had and given back: nobody listens there.
        let address = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("its number");
        let error = Health { address, liveness: false }.run(Format::Json).await.expect_err("nobody answers");
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }
}
