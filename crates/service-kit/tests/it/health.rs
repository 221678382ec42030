//! What probes are told.

use kindred_service_kit::grpc::{Health, HealthServer};
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

async fn client(health: &Health, stop: &CancellationToken) -> HealthClient<Channel> {
    let server = HealthServer::bind("127.0.0.1:0".parse().expect("an address"), health.clone()).await.expect("a port");
    let address = server.local_addr().expect("an address");
    tokio::spawn(server.serve(stop.clone()));
    HealthClient::new(Channel::from_shared(format!("http://{address}")).expect("a URL").connect_lazy())
}

/// Follows one service until it has the wanted status.
async fn until(client: &mut HealthClient<Channel>, service: &str, wanted: ServingStatus) {
    let request = HealthCheckRequest { service: service.to_owned() };
    let mut stream = client.watch(request).await.expect("a known service").into_inner();
    while let Some(message) = stream.message().await.expect("an open stream") {
        if message.status() == wanted {
            return;
        }
    }
    panic!("`{service}` never was {wanted:?}");
}

#[tokio::test]
async fn ready_is_whoever_meets_all_conditions_and_does_not_drain() {
    let (health, stop) = (Health::new(), CancellationToken::new());
    let (bus, views) = (health.condition("bus"), health.condition("views"));
    let mut client = client(&health, &stop).await;
    until(&mut client, "readiness", ServingStatus::NotServing).await;
    until(&mut client, "liveness", ServingStatus::Serving).await;
    bus.set(true);
    assert_eq!((health.is_ready(), health.unmet()), (false, vec!["views"]));
    views.set(true);
    health.wait_until_ready().await;
    until(&mut client, "readiness", ServingStatus::Serving).await;
    bus.set(false);
    until(&mut client, "readiness", ServingStatus::NotServing).await;
    bus.set(true);
    until(&mut client, "readiness", ServingStatus::Serving).await;
    health.drain();
    until(&mut client, "readiness", ServingStatus::NotServing).await;
    bus.set(true);
    assert!(!health.is_ready(), "nothing brings a draining process back");
    until(&mut client, "liveness", ServingStatus::Serving).await;
    health.set_alive(false);
    until(&mut client, "liveness", ServingStatus::NotServing).await;
    stop.cancel();
}

#[tokio::test]
async fn an_unknown_service_is_not_found() {
    let (health, stop) = (Health::new(), CancellationToken::new());
    let mut client = client(&health, &stop).await;
    let status = client.check(HealthCheckRequest { service: "startup".to_owned() }).await.expect_err("no such service");
    assert_eq!(status.code(), tonic::Code::NotFound);
    stop.cancel();
}
