//! Layers of settings, and errors that name key and source.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::Deserialize;

use super::*;

const DEFAULTS: &str = r#"
# Shown to operators as it stands.
[server]
listen = "127.0.0.1:7001"
health_listen = "127.0.0.1:7101"
request_timeout_millis = 10000

[telemetry]
filter = "info"

[nats]
urls = ["nats://127.0.0.1:4222"]

[database]
url_file = "/run/secrets/database-url"

[identity]
role = "posting"
signing_key_file = "/run/secrets/key.pem"
"#;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    server: Server,
    telemetry: Telemetry,
    nats: Nats,
    database: Database,
    identity: Identity,
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    load_from(DEFAULTS, None, environment(pairs))
}

/// A file that goes with the test.
struct TestFile(PathBuf);

impl TestFile {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kindred-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("a file in the temporary folder");
        Self(path)
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).expect("the test's own file");
    }
}

#[test]
fn defaults_stand_where_nothing_else_is_said() {
    let config = with(&[]).expect("the defaults");
    assert_eq!(config.server.max_message_bytes.get(), 1_048_576);
    assert_eq!(config.server.request_timeout_millis.duration().as_secs(), 10);
    assert_eq!(config.telemetry.log_format, LogFormat::Json);
    assert!(config.server.tls.is_none());
    assert_eq!(config.nats.urls.len(), 1);
}

#[test]
fn the_file_overrides_defaults_and_the_environment_both() {
    let file = TestFile::new("layers.toml", "[server]\nlisten = \"127.0.0.1:1\"\nhealth_listen = \"127.0.0.1:2\"\n");
    let variables = environment(&[
        ("KINDRED__SERVER__LISTEN", "127.0.0.1:3"),
        ("KINDRED__SERVER__TLS__CERT_FILE", "/c.pem"),
        ("KINDRED__SERVER__TLS__KEY_FILE", "/k.pem"),
        ("KINDRED__NATS__URLS", "[\"nats://a:1\", \"nats://b:2\"]"),
        ("KINDRED_TEST_NATS", "not ours"),
        ("PATH", "/bin"),
    ]);
    let config: Config = load_from(DEFAULTS, Some(&file.0), variables).expect("three layers");
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.server.health_listen.port(), 2);
    assert_eq!(config.server.tls.map(|tls| tls.cert_file), Some(PathBuf::from("/c.pem")));
    assert_eq!(config.nats.urls, ["nats://a:1", "nats://b:2"]);
}

#[test]
fn an_error_is_one_line_with_key_and_source() {
    let rows = [
        ("KINDRED__SERVER__LISTEN", "here", "server.listen", "invalid socket address"),
        ("KINDRED__SERVER__LISTEN", "5", "server.listen", "socket address"),
        ("KINDRED__SERVER__LISTENN", "127.0.0.1:1", "server.listenn", "is not a setting"),
        ("KINDRED__SERVR__LISTEN", "127.0.0.1:1", "servr", "is not a setting"),
        ("KINDRED__SERVER", "x", "server", "struct Server"),
        ("KINDRED__SERVER__REQUEST_TIMEOUT_MILLIS", "0", "server.request_timeout_millis", "1 to 600000 milliseconds"),
        ("KINDRED__SERVER__REQUEST_TIMEOUT_MILLIS", "-1", "server.request_timeout_millis", "-1"),
        ("KINDRED__SERVER__REQUEST_TIMEOUT_MILLIS", "soon", "server.request_timeout_millis", "soon"),
        ("KINDRED__SERVER__MAX_MESSAGE_BYTES", "99999999999", "server.max_message_bytes", "1024 to 67108864"),
        ("KINDRED__SERVER__MAX_CONCURRENT_REQUESTS", "0", "server.max_concurrent_requests", "1 to 1000000"),
        ("KINDRED__SERVER__SHUTDOWN_GRACE_SECS", "601", "server.shutdown_grace_secs", "1 to 600 seconds"),
        ("KINDRED__SERVER__TLS__CERT_FILE", "/c.pem", "server.tls.key_file", "is required"),
        ("KINDRED__TELEMETRY__LOG_FORMAT", "xml", "telemetry.log_format", "xml"),
        ("KINDRED__TELEMETRY__METRICS_LISTEN", "x", "telemetry.metrics_listen", "socket address"),
        ("KINDRED__NATS__PASSWORD", "hunter2", "nats.password", "is not a setting"),
        ("KINDRED__NATS__URLS", "5", "nats.urls", "sequence"),
        ("KINDRED__DATABASE__MAX_CONNECTIONS", "1", "database.max_connections", "2 to 1000"),
        ("KINDRED__IDENTITY__ROLE", "root", "identity.role", "`root` is none of"),
        ("KINDRED__IDENTITY__TRUSTED__ROOT", "AAAA", "identity.trusted.root", "`root` is none of"),
        ("KINDRED____X", "1", ".x", "is not a key"),
    ];
    for (name, value, key, what) in rows {
        let error = with(&[(name, value)]).expect_err(name);
        let line = error.to_string();
        assert_eq!(error.key(), Some(key), "{line}");
        assert!(line.contains(what), "{line}");
        assert!(line.contains(name) || what == "is required", "{line}");
        assert!(!line.contains('\n'), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
}

#[test]
fn each_required_key_is_missed_by_name() {
    for key in ["server.listen", "server.health_listen", "nats.urls", "identity.role", "identity.signing_key_file"] {
        let field = key.rsplit('.').next().expect("a last part");
        let left: Vec<&str> = DEFAULTS.lines().filter(|line| !line.starts_with(&format!("{field} ="))).collect();
        let error = load_from::<Config>(&left.join("\n"), None, []).expect_err(key);
        assert_eq!(error.key(), Some(key));
        assert_eq!(
            error.to_string(),
            format!("setting `{key}` (defaults, file and environment): is required and set nowhere")
        );
    }
}

#[test]
fn a_file_that_does_not_hold_is_named() {
    let missing = load_from::<Config>(DEFAULTS, Some(Path::new("no-such.toml")), []).expect_err("no file");
    assert_eq!(missing.to_string(), "settings file no-such.toml: is not a readable file");
    let unknown = TestFile::new("unknown.toml", "[server]\nlisten = \"127.0.0.1:1\"\ncolour = \"red\"\n");
    let line = load_from::<Config>(DEFAULTS, Some(&unknown.0), []).expect_err("an unknown key").to_string();
    assert!(line.contains("`server.colour`") && line.contains("unknown.toml"), "{line}");
    let broken = TestFile::new("broken.toml", "[server\nlisten = 1\n");
    let line = load_from::<Config>(DEFAULTS, Some(&broken.0), []).expect_err("no TOML").to_string();
    assert!(line.contains("broken.toml") && !line.contains('\n'), "{line}");
}

#[test]
fn a_secret_comes_from_its_file_and_is_never_printed() {
    let file = TestFile::new("secret", "postgres://u:hunter2@db/x\n");
    let config = with(&[("KINDRED__DATABASE__URL_FILE", file.0.to_str().expect("UTF-8"))]).expect("settings");
    let url = config.database.url().expect("the file's text");
    assert_eq!(url.expose(), "postgres://u:hunter2@db/x");
    assert!(!format!("{url:?} {config:?}").contains("hunter2"));
    let error = with(&[("KINDRED__DATABASE__URL_FILE", "/no/such")]).expect("settings").database.url();
    assert_eq!(error.expect_err("no file").key(), Some("database.url_file"));
    let empty = TestFile::new("empty", "\n");
    assert!(Secret::read("x", &empty.0).is_err());
    let both = with(&[("KINDRED__DATABASE__URL", "postgres://u:hunter2@db/x")]).expect("settings");
    assert!(!format!("{both:?}").contains("hunter2"));
    assert_eq!(both.database.url().expect_err("both are set").key(), Some("database.url"));
}

#[test]
fn trusted_keys_are_read_by_role() {
    let (key, _pem) = crate::caller::SigningKey::generate().expect("a key");
    let public = key.public().to_string();
    let both = format!("[\"{public}\", \"{public}\"]");
    let config =
        with(&[("KINDRED__IDENTITY__TRUSTED__GATEWAY", &both), ("KINDRED__IDENTITY__TRUSTED__POSTING", &public)]);
    config.expect("settings").identity.trust().expect("good keys");
    let config = with(&[("KINDRED__IDENTITY__TRUSTED__GATEWAY", "AAAA")]).expect("settings");
    assert_eq!(config.identity.trust().expect_err("a short key").key(), Some("identity.trusted.gateway"));
    assert_eq!(config.identity.signing_key().expect_err("no file").key(), Some("identity.signing_key_file"));
}
