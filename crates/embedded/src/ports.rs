//! Free loopback ports.
//!
//! A port is free when it is looked at, which promises nothing for a moment later:
//! whoever starts a server tries again with other ports when binding fails. Ports
//! are drawn below the range that systems use for outgoing connections, so that a
//! server which is killed and restarted finds its port again.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::Error;
use crate::random;

const LOWEST: u16 = 10_240;
const COUNT: u16 = 22_000;
const DRAWS: u32 = 1_000;

/// How often a start is tried with new ports before its failure counts.
pub(crate) const ATTEMPTS: u32 = 5;

/// Returns `N` different ports that were free just now.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], Error> {
    let mut held = Vec::with_capacity(N);
    for _ in 0..DRAWS {
        let port = LOWEST + random::below(COUNT)?;
        // Held until all are drawn, so that none is drawn twice.
        held.extend(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(|listener| (port, listener)));
        if held.len() == N {
            return Ok(std::array::from_fn(|index| held[index].0));
        }
    }
    let source = std::io::ErrorKind::AddrInUse.into();
    Err(Error::Io { action: format!("find {N} free ports on loopback"), source })
}

/// Whether a server's log says that somebody else was faster.
pub(crate) fn was_taken(log: &str) -> bool {
    log.to_ascii_lowercase().contains("address already in use")
}

#[cfg(test)]
mod tests {
    use super::free;

    #[test]
    fn drawn_ports_differ() {
        let mut ports: [u16; 20] = free().expect("ports are free");
        ports.sort_unstable();
        assert!(ports.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
