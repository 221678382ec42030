//! Handshakes: who gets in over TLS, and that certificates are read anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kindred_proto::matching::FindPeopleRequest;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_service_kit::caller::Issuer;
use kindred_service_kit::config::{ClientTls, Peer, Tls};
use kindred_service_kit::grpc::{Credentials, channel};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use tonic::{Code, Status};

use crate::support::{ANSWER, Platform, assert_refused, start, with_tls};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kindred-tls-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the test's own folder");
    }
}

/// Signs certificates.
struct Authority {
    pem: String,
    issuer: rcgen::Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { pem, issuer: rcgen::Issuer::new(params, key) }
    }

    /// Certificate and key for `names`.
    fn sign(&self, names: &[&str]) -> (String, String) {
        self.sign_with(names, |_| {})
    }

    fn sign_with(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("parameters");
        change(&mut params);
        (params.signed_by(&key, &self.issuer).expect("a certificate").pem(), key.serialize_pem())
    }
}

struct Set {
    folder: Folder,
    authority: Authority,
    platform: Platform,
}

async fn mutual(name: &str) -> Set {
    let (folder, authority) = (Folder::new(name), Authority::new());
    let (cert, key) = authority.sign(&["localhost", "matching"]);
    let settings = with_tls(Tls {
        cert_file: folder.write("server.pem", &cert),
        key_file: folder.write("server.key", &key),
        client_ca_file: Some(folder.write("ca.pem", &authority.pem)),
    });
    Set { platform: start(settings).await, folder, authority }
}

impl Set {
    fn peer(&self, own: Option<(String, String)>, ca: &Path) -> Peer {
        let (cert_file, key_file) = own.map_or((None, None), |(cert, key)| {
            (Some(self.folder.write("client.pem", &cert)), Some(self.folder.write("client.key", &key)))
        });
        let tls = ClientTls { ca_file: ca.to_owned(), cert_file, key_file, server_name: Some("localhost".into()) };
        Peer { url: format!("https://{}", self.platform.address), tls: Some(tls), ..self.platform.peer() }
    }

    async fn call(&self, peer: &Peer, issuer: &Arc<Issuer>) -> Result<(), Status> {
        let channel = channel(peer, Credentials::new(issuer.clone())).expect("a channel");
        let request = Credentials::request_as(self.platform.member(), FindPeopleRequest { limit: ANSWER });
        MatchingClient::new(channel).find_people(request).await.map(|_| ())
    }

    async fn try_with(&self, own: Option<(String, String)>) -> Result<(), Status> {
        let peer = self.peer(own, &self.folder.0.join("ca.pem"));
        self.call(&peer, &self.platform.gateway).await
    }
}

#[tokio::test]
async fn a_client_with_the_right_certificate_gets_in() {
    let set = mutual("right").await;
    for name in ["gateway", "gateway.kindred.svc.cluster.local", "kindred-gateway.production.svc"] {
        let own = set.authority.sign(&["localhost", name]);
        set.try_with(Some(own)).await.expect(name);
    }
    set.platform.end().await;
}

#[tokio::test]
async fn four_handshakes_are_refused() {
    let set = mutual("refused").await;
    let stranger = Authority::new();
    let rows = [
        ("no certificate", None),
        ("of another authority", Some(stranger.sign(&["gateway"]))),
        (
            "expired",
            Some(set.authority.sign_with(&["gateway"], |params| {
                params.not_before = rcgen::date_time_ymd(2020, 1, 1);
                params.not_after = rcgen::date_time_ymd(2021, 1, 1);
            })),
        ),
    ];
    for (what, own) in rows {
        let status = set.try_with(own).await.expect_err(what);
        assert!(matches!(status.code(), Code::Unavailable | Code::Unknown), "{what}: {status:?}");
        assert!(status.metadata().get("kindred-error-reason").is_none(), "{what} came past the handshake");
    }
    let own = set.authority.sign(&["gateway"]);
    let wrong_ca = set.folder.write("stranger.pem", &stranger.pem);
    let peer = set.peer(Some(own), &wrong_ca);
    let status = set.call(&peer, &set.platform.gateway).await.expect_err("a server of another authority");
    assert_eq!(status.code(), Code::Unavailable);
    set.platform.end().await;
}

#[tokio::test]
async fn a_token_counts_only_on_its_senders_connection() {
    let set = mutual("sender").await;
    let posting = set.authority.sign(&["posting.kindred.svc"]);
    let peer = set.peer(Some(posting), &set.folder.0.join("ca.pem"));
    set.call(&peer, &set.platform.posting).await.expect("posting with posting's certificate");
    let stolen = set.call(&peer, &set.platform.gateway).await;
    assert_refused(stolen, Code::Unauthenticated, "CALLER_NOT_ITS_CERTIFICATE");
    set.platform.end().await;
}

#[tokio::test]
async fn a_server_with_another_name_is_not_believed() {
    let set = mutual("name").await;
    let own = set.authority.sign(&["gateway"]);
    let mut peer = set.peer(Some(own), &set.folder.0.join("ca.pem"));
    peer.tls.as_mut().expect("settings").server_name = Some("membership".into());
    let status = set.call(&peer, &set.platform.gateway).await.expect_err("another server's certificate");
    assert_eq!(status.code(), Code::Unavailable);
    set.platform.end().await;
}

#[tokio::test]
async fn changed_certificates_are_used_without_a_restart() {
    let set = mutual("rotation").await;
    set.try_with(Some(set.authority.sign(&["gateway"]))).await.expect("before");
    let (new, old_ca) = (Authority::new(), set.folder.write("old-ca.pem", &set.authority.pem));
    let (cert, key) = new.sign(&["localhost"]);
    for (name, text) in [("server.pem", &cert), ("server.key", &key), ("ca.pem", &new.pem)] {
        set.folder.write(name, text);
    }
    // Files are looked at once a second at most: the next handshakes may still be the old ones.
    let begun = std::time::Instant::now();
    while set.try_with(Some(new.sign(&["gateway"]))).await.is_err() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "the new certificates are never used");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let peer = set.peer(Some(set.authority.sign(&["gateway"])), &old_ca);
    assert!(set.call(&peer, &set.platform.gateway).await.is_err(), "the old authority still counts");
    set.platform.end().await;
}

#[tokio::test]
async fn settings_of_certificates_are_refused_by_name() {
    let (folder, authority) = (Folder::new("settings"), Authority::new());
    let (cert, key) = authority.sign(&["localhost"]);
    let good = Tls {
        cert_file: folder.write("server.pem", &cert),
        key_file: folder.write("server.key", &key),
        client_ca_file: None,
    };
    let (other_cert, _) = authority.sign(&["localhost"]);
    let rows = [
        (Tls { cert_file: "/no/such".into(), ..good.clone() }, "server.tls.cert_file"),
        (Tls { key_file: folder.write("empty", ""), ..good.clone() }, "server.tls.key_file"),
        (Tls { cert_file: folder.write("nonsense", "x"), ..good.clone() }, "server.tls.cert_file"),
        (Tls { cert_file: folder.write("other.pem", &other_cert), ..good.clone() }, "server.tls.cert_file"),
        (Tls { client_ca_file: Some("/no/such".into()), ..good.clone() }, "server.tls.client_ca_file"),
    ];
    for (tls, key) in rows {
        let line = crate::support::bind_error(with_tls(tls)).await;
        assert!(line.starts_with(&format!("setting `{key}` (file ")), "{line}");
    }
    let peer = |url: &str, tls| Peer { url: url.to_owned(), tls, ..crate::support::plain_peer() };
    for (url, what) in [("http://", "is not a URL"), ("ftp://x", "http:// or https://"), ("https://x", "exactly if")] {
        let line = crate::support::channel_error(&peer(url, None));
        assert!(line.contains("`url`") && line.contains(what), "{line}");
    }
}
