//! Ties tokens to connections: over mTLS a call's sender must be whom its certificate names.
//!
//! So a service that was broken into cannot use the tokens that others sent it. The first
//! label of one of the certificate's DNS names must be the role: `posting`,
//! `posting.kindred.svc`, `kindred-posting.kindred.svc`. Without client certificates there
//! is nothing to compare and tokens stand alone.

use http::Extensions;
use rustls::pki_types::CertificateDer;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use webpki::EndEntityCert;

use crate::caller::{Caller, Role};
use crate::error::ApiError;

/// Lets the caller pass if the connection's certificate, where there is one, is its sender's.
pub(super) fn fits(caller: &Caller, extensions: &Extensions) -> Result<(), ApiError> {
    let connection = extensions.get::<TlsConnectInfo<TcpConnectInfo>>();
    let Some(chain) = connection.and_then(TlsConnectInfo::peer_certs) else { return Ok(()) };
    let named = chain.first().is_some_and(|leaf| names(leaf, caller.sender()));
    if named {
        return Ok(());
    }
    Err(ApiError::unauthenticated("CALLER_NOT_ITS_CERTIFICATE", "the call's sender is not whom its certificate names"))
}

fn names(leaf: &CertificateDer<'_>, role: Role) -> bool {
    let Ok(leaf) = EndEntityCert::try_from(leaf) else { return false };
    leaf.valid_dns_names().any(|name| {
        let label = name.split('.').next().unwrap_or_default();
        label.strip_prefix("kindred-").unwrap_or(label) == role.as_str()
    })
}
