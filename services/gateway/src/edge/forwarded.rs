//! Whose request it is, by address; what a client says about itself is taken off.
//!
//! Only as many entries of `x-forwarded-for` count as proxies were configured, from the
//! right. Every `x-forwarded-*`, `forwarded`, `x-real-ip`, `x-tenant*` and `kindred-caller`
//! or `kindred-service` header is removed before any handler sees the request.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;

use crate::gateway::Gateway;

/// The address that a request is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Finds the address and takes off what nobody may claim.
pub async fn layer(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let address = client(peer, request.headers(), gateway.settings.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address));
    strip(request.headers_mut());
    next.run(request).await
}

fn client(peer: IpAddr, headers: &HeaderMap, proxies: usize) -> IpAddr {
    if proxies == 0 {
        return peer;
    }
    let all = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = all.flat_map(|text| text.split(',')).map(str::trim).collect();
    let claimed = hops.len().checked_sub(proxies).and_then(|index| hops.get(index));
    claimed.and_then(|text| text.parse().ok()).unwrap_or(peer)
}

fn strip(headers: &mut HeaderMap) {
    let claims: Vec<HeaderName> = headers.keys().filter(|name| claims(name.as_str())).cloned().collect();
    for name in claims {
        headers.remove(name);
    }
}

fn claims(name: &str) -> bool {
    name.starts_with("x-forwarded")
        || name.starts_with("x-tenant")
        || matches!(name, "forwarded" | "x-real-ip" | "kindred-caller" | "kindred-service")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_as_many_hops_count_as_proxies_were_configured() {
        let peer: IpAddr = "10.0.0.1".parse().expect("an address");
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_static("6.6.6.6, 203.0.113.9, 10.1.1.1"),
        )]);
        let shown = |proxies| client(peer, &headers, proxies).to_string();
        assert_eq!([shown(0), shown(1), shown(2)], ["10.0.0.1", "10.1.1.1", "203.0.113.9"]);
        assert_eq!(client(peer, &HeaderMap::new(), 2), peer);
    }

    #[test]
    fn what_a_client_claims_is_taken_off() {
        let mut headers = HeaderMap::new();
        for name in ["x-forwarded-host", "x-tenant-id", "forwarded", "kindred-caller", "accept"] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("x"));
        }
        strip(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
    }
}
