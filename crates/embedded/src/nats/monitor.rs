//! Questions to a server's monitoring port.

use std::net::Ipv4Addr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whether the server of this name answers here.
pub(super) async fn answers(port: u16, name: &str) -> bool {
    let varz = ask(port, "/varz").await;
    varz.is_some_and(|varz| varz["server_name"] == name)
}

/// Whether the server says that JetStream is ready.
pub(super) async fn is_healthy(port: u16) -> bool {
    let healthz = ask(port, "/healthz").await;
    healthz.is_some_and(|healthz| healthz["status"] == "ok")
}

/// Whether the server knows a leader of a cluster of so many.
pub(super) async fn has_leader(port: u16, nodes: usize) -> bool {
    let Some(jsz) = ask(port, "/jsz").await else { return false };
    let cluster = &jsz["meta_cluster"];
    let led = cluster["leader"].as_str().is_some_and(|leader| !leader.is_empty());
    led && cluster["cluster_size"] == nodes
}

/// Returns the body of an answer, whatever its status; none without an answer.
async fn ask(port: u16, path: &str) -> Option<Value> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str(body).ok()
}
