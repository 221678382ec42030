//! What a test has of its own.

use std::path::{Path, PathBuf};
use std::process::Output;

use kindred::prepare::OWN_TABLES;
use kindred_jetstream::Credentials;
use kindred_testkit::{TestDatabase, TestStreams};
use kindred_vault::Vault;
use serde_json::Value;
use sqlx::ConnectOptions as _;
use tokio::process::Command;
use uuid::Uuid;

use super::Serving;

/// Bytes of each stream: small, as many tests share a disk.
const BYTES: &str = "16777216";

/// The bus of a test, its keys, and files that name them.
pub struct Platform {
    pub folder: PathBuf,
    pub streams: TestStreams,
}

/// A service's own database and the vault; for membership both.
pub struct Store {
    name: String,
    pub url_file: PathBuf,
    vault_file: PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub error: String,
}

impl Said {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).expect("JSON")
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().expect("it ended by itself");
        Self { code, out: text(&output.stdout), error: text(&output.stderr) }
    }
}

impl Platform {
    /// An account with the streams of all contexts, and every key.
    pub async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("kindred-it-{}", random().simple()));
        kindred::keys::make(&folder).expect("keys");
        let streams = TestStreams::create(&[]).await.expect("an account");
        let Credentials::Password { password, .. } = &streams.settings().credentials else {
            panic!("an account has a password")
        };
        kindred::keys::write_secret(&folder.join("bus"), password).expect("a file");
        let platform = Self { folder, streams };
        assert_eq!(platform.apply().await.code, 0);
        platform
    }

    /// Makes the streams that are missing.
    pub async fn apply(&self) -> Said {
        self.on_bus(&["streams", "apply", "--replicas", "1", "--max-bytes", BYTES]).await
    }

    /// Runs the command line as the bus's owner.
    pub async fn on_bus(&self, arguments: &[&str]) -> Said {
        let settings = self.streams.settings();
        let Credentials::Password { user, .. } = &settings.credentials else { panic!("an account has a user") };
        let file = self.folder.join("bus");
        let bus = ["--nats", &settings.servers[0], "--user", user, "--password-file", path(&file)];
        self.run(&[arguments, &bus[..]].concat()).await
    }

    /// New databases.
    pub async fn store(&self) -> Store {
        let (database, vault) =
            (TestDatabase::create(&OWN_TABLES).await.expect("a database"), TestDatabase::empty().await);
        let vault = vault.expect("a database");
        Vault::migrate(vault.administrator()).await.expect("the vault's tables");
        let name = random().simple().to_string();
        let file = |kind: &str, database: &TestDatabase| {
            let path = self.folder.join(format!("{kind}-{name}"));
            kindred::keys::write_secret(&path, database.administrator().to_url_lossy().as_str()).expect("a file");
            path
        };
        let (url_file, vault_file) = (file("database", &database), file("vault", &vault));
        Store { name, url_file, vault_file }
    }

    /// Runs the command line.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kindred"));
        command.args(arguments).env("KINDRED_OPERATOR", self.folder.join("operator.toml"));
        command.output().await.expect("it runs").into()
    }

    /// Starts a role; whether it answers is another matter.
    pub fn spawn(&self, role: &str, store: &Store) -> Serving {
        let settings = self.settings(role, store);
        let file = self.folder.join(format!("{role}-{}.toml", store.name));
        kindred::keys::write_secret(&file, &settings).expect("a file");
        Serving::spawn(role, &file, &self.folder)
    }

    /// Starts membership and waits until operators can use it.
    pub async fn membership(&self, store: &Store) -> Serving {
        let serving = self.spawn("membership", store);
        let address = serving.address().await;
        let key = self.folder.join("operator.key");
        let settings =
            format!("name = \"test\"\nsigning_key_file = {key:?}\n[peers.membership]\nurl = \"http://{address}\"\n");
        kindred::keys::write_secret(&self.folder.join("operator.toml"), &settings).expect("a file");
        serving
    }

    fn settings(&self, role: &str, store: &Store) -> String {
        let Credentials::Password { user, .. } = &self.streams.settings().credentials else {
            panic!("an account has a user")
        };
        let key = |name: &str| self.folder.join(name);
        let public = std::fs::read_to_string(key("operator.pub")).expect("a key");
        let own = if role == "membership" {
            format!("[service]\nvault_url_file = {:?}\nroot_key_file = {:?}\n", store.vault_file, key("root.key"))
        } else {
            String::new()
        };
        // Heads pass a filter that lets nothing else of theirs through.
        format!(
            "[telemetry]\nfilter = \"warn,kindred::serve=info\"\n\
             [nats]\nurls = {:?}\nuser = {user:?}\npassword_file = {:?}\n\
             [database]\nurl_file = {:?}\n[log]\ndurability = \"process-crash\"\n\
             [projector]\nkey_cache_secs = 0\nheads_secs = 1\n\
             [position]\nposition_key_file = {:?}\n\
             [identity]\nrole = {role:?}\nsigning_key_file = {:?}\n[identity.trusted]\noperator = {:?}\n\
             [peers.notification]\nurl = \"http://127.0.0.1:1\"\n[peers.membership]\nurl = \"http://127.0.0.1:1\"\n\
             [peers.matching]\nurl = \"http://127.0.0.1:1\"\n[peers.posting]\nurl = \"http://127.0.0.1:1\"\n{own}",
            self.streams.settings().servers,
            key("bus"),
            store.url_file,
            key("position.key"),
            key(&format!("{role}.key")),
            public.trim(),
        )
    }

    /// Slugs of the tenants that membership shows.
    pub async fn tenants(&self) -> Option<Vec<String>> {
        let said = self.run(&["--output", "json", "tenant", "list"]).await;
        let rows: Vec<Value> = serde_json::from_str(&said.out).ok()?;
        Some(rows.iter().map(|row| row["tenant"].as_str().expect("a slug").to_owned()).collect())
    }

    /// Makes a tenant.
    pub async fn create(&self, tenant: &str) {
        let programme = self.run(&["tenant", "create-programme", "rivers", "--name", "Rivers"]).await;
        assert!(programme.code == 0 || programme.error.contains("PROGRAMME_EXISTS"), "{programme:?}");
        let said = self.run(&["tenant", "create", tenant, "--programme", "rivers", "--name", tenant]).await;
        assert_eq!(said.code, 0, "{said:?}");
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let removed = std::fs::remove_dir_all(&self.folder);
        assert!(removed.is_ok() || std::thread::panicking(), "the folder stays");
    }
}

impl Store {
    /// The file with the database's URL, as an argument.
    pub fn url(&self) -> &str {
        path(&self.url_file)
    }
}

/// A path as an argument.
pub fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn random() -> Uuid {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).expect("randomness");
    Uuid::from_bytes(bytes)
}
