//! Entering the bus: passwords, keys, certificates, and what a failure says.

use std::path::Path;

use kindred_embedded::Nats;
use kindred_jetstream::{ConnectSettings, Credentials, StreamSettings, apply_streams, connect};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// A pair that the documentation of NATS prints: nobody's secret.
const SEED: &str = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
const KEY: &str = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
/// A seed of another key.
const OTHER: &str = "SUAIO3FHUX5PNV2LQIIP7TZ3N4L7TX3W53MQGEIVYFIGA635OZCKEYHFLM";

fn as_user(server: &Nats, credentials: Credentials) -> ConnectSettings {
    ConnectSettings { credentials, ..ConnectSettings::new([server.url()], "test") }
}

#[tokio::test]
async fn a_password_lets_in_and_a_wrong_one_does_not() {
    let users = "accounts { a { jetstream: enabled, users: [ { user: one, password: right } ] } }";
    let server = Nats::builder().config(users).start().await.expect("a server of its own");
    let password = |password: &str| Credentials::Password { user: "one".to_owned(), password: password.to_owned() };
    let client = connect(&as_user(&server, password("right"))).await.expect("let in");
    apply_streams(&client, &StreamSettings::new("entered").max_bytes(1 << 20)).await.expect("it may do everything");
    connect(&as_user(&server, password("wrong"))).await.expect_err("refused");
    connect(&as_user(&server, Credentials::None)).await.expect_err("refused");
}

#[tokio::test]
async fn a_key_lets_in_and_another_does_not() {
    let users = format!("accounts {{ a {{ jetstream: enabled, users: [ {{ nkey: {KEY} }} ] }} }}");
    let server = Nats::builder().config(users).start().await.expect("a server of its own");
    let client = connect(&as_user(&server, Credentials::Nkey(SEED.to_owned()))).await.expect("let in");
    apply_streams(&client, &StreamSettings::new("entered").max_bytes(1 << 20)).await.expect("it may do everything");
    for wrong in [OTHER, "no seed at all"] {
        let settings = as_user(&server, Credentials::Nkey(wrong.to_owned()));
        let error = connect(&settings).await.expect_err("refused");
        assert!(!format!("{error:?} {settings:?}").contains(wrong), "a seed is a secret: {error:?}");
    }
}

#[tokio::test]
async fn a_missing_credentials_file_is_named() {
    let server = Nats::builder().start().await.expect("a server of its own");
    let error = connect(&as_user(&server, Credentials::File("/no/such.creds".into()))).await.expect_err("refused");
    assert!(format!("{error:?}").contains("/no/such.creds"), "{error:?}");
}

struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("randomness");
        Self { authority: CertifiedIssuer::self_signed(params, key).expect("signed") }
    }

    /// Writes the authority's certificate, and a certificate for 127.0.0.1 with its key.
    fn write(&self, folder: &Path) {
        let key = KeyPair::generate().expect("randomness");
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.authority).expect("signed");
        std::fs::write(folder.join("ca.pem"), self.authority.pem()).expect("written");
        std::fs::write(folder.join("cert.pem"), certificate.pem()).expect("written");
        std::fs::write(folder.join("key.pem"), key.serialize_pem()).expect("written");
    }
}

#[tokio::test]
async fn a_server_is_known_by_its_authority_and_a_client_by_its_certificate() {
    let folder = std::env::temp_dir().join(crate::support::unique_context());
    let strange = folder.join("strange");
    std::fs::create_dir_all(&strange).expect("made");
    Certificates::new().write(&folder);
    Certificates::new().write(&strange);
    let file = |name: &str| folder.join(name);
    let tls = format!(
        "tls {{ cert_file: {:?}, key_file: {:?}, ca_file: {:?}, verify: true }}",
        file("cert.pem"),
        file("key.pem"),
        file("ca.pem")
    );
    let server = Nats::builder().config(tls).start().await.expect("a server of its own");
    let with = |ca: Option<&Path>, certificate: Option<&Path>| ConnectSettings {
        ca_file: ca.map(|folder| folder.join("ca.pem")),
        certificate: certificate.map(|folder| (folder.join("cert.pem"), folder.join("key.pem"))),
        ..ConnectSettings::new([server.url()], "test")
    };
    let client = connect(&with(Some(&folder), Some(&folder))).await.expect("let in");
    apply_streams(&client, &StreamSettings::new("entered").max_bytes(1 << 20)).await.expect("it may do everything");
    connect(&with(Some(&strange), Some(&folder))).await.expect_err("a server of another authority");
    connect(&with(None, None)).await.expect_err("a server of no known authority");
    connect(&with(Some(&folder), None)).await.expect_err("a client without certificate");
    connect(&with(Some(&folder), Some(&strange))).await.expect_err("a client of another authority");
    std::fs::remove_dir_all(&folder).expect("removed");
}
