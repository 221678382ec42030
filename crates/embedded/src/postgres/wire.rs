//! As much of Postgres' protocol as it takes to see whether a server takes
//! connections: it asks for a password when it does, and says why not otherwise.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Protocol 3.0.
const PROTOCOL: i32 = 196_608;
const PARAMETERS: &[u8] = b"user\0postgres\0database\0postgres\0\0";
/// First byte of a request for authentication; an error begins with another.
const AUTHENTICATION: u8 = b'R';

/// Whether a server on this port takes connections.
pub(super) async fn takes_connections(port: u16) -> bool {
    first_byte(port).await.is_ok_and(|byte| byte == AUTHENTICATION)
}

async fn first_byte(port: u16) -> std::io::Result<u8> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    connection.write_all(&startup_message()).await?;
    connection.read_u8().await
}

fn startup_message() -> Vec<u8> {
    let length = i32::try_from(8 + PARAMETERS.len()).unwrap_or(i32::MAX);
    let mut message = length.to_be_bytes().to_vec();
    message.extend(PROTOCOL.to_be_bytes());
    message.extend(PARAMETERS);
    message
}
