//! The settings file of every role of the demo, made anew at each start: ports change.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kindred_ids::TenantSlug;

use super::environment::Environment;
use crate::keys;
use crate::prepare::CONTEXTS;

/// Where ports are looked for.
const PORTS: std::ops::Range<u16> = 15_000..30_000;

/// Where everything is.
pub struct Layout {
    /// The demo's folder.
    pub data: PathBuf,
    /// Folder of the settings files.
    pub config: PathBuf,
    /// The operator's settings file.
    pub operator: PathBuf,
    /// Address of the web pages.
    pub public_url: String,
    /// Roles and where their health answers.
    pub health: Vec<(String, SocketAddr)>,
}

/// The most replicas of matching that a demo runs.
pub const MOST_REPLICAS: u8 = 9;

/// How much of the platform runs.
#[derive(Debug, Clone, Copy)]
pub struct Extent<'a> {
    /// Folder of a sentence model.
    pub model: Option<&'a Path>,
    /// Replicas of matching, at least one; each holds tenants of its own.
    pub matching_replicas: u8,
    /// Tenants whose people are split among them.
    pub split_tenants: &'a [TenantSlug],
}

impl Default for Extent<'_> {
    fn default() -> Self {
        Self { model: None, matching_replicas: 1, split_tenants: &[] }
    }
}

impl Extent<'_> {
    /// Where a context's replica listens: several of matching at addresses of their own, as
    /// hosts of a cluster would.
    fn address(self, context: &str, replica: u8) -> Ipv4Addr {
        if context == "matching" && self.matching_replicas > 1 {
            Ipv4Addr::new(127, 0, 1, replica)
        } else {
            Ipv4Addr::LOCALHOST
        }
    }

    /// The section of a peer, by its key.
    fn peer(self, key: &str, context: &str, port: u16) -> String {
        let mut text = format!("[{key}]\nurl = \"http://{}:{port}\"\n", self.address(context, 0));
        if context == "matching" && self.matching_replicas > 1 {
            let count = self.matching_replicas;
            let [a, b, c, _] = self.address(context, 0).octets();
            let replicas = format!("url = \"http://{a}.{b}.{c}.{{replica}}:{port}\"\ncount = {count}\ncopies = 1\n");
            let split: Vec<&str> = self.split_tenants.iter().map(TenantSlug::as_str).collect();
            text.push_str(&format!("[{key}.replicas]\n{replicas}split_tenants = {split:?}\n"));
        }
        text
    }
}

/// Writes the settings of every role.
///
/// # Errors
///
/// If a file cannot be written.
pub async fn write(
    data: &Path,
    http: SocketAddr,
    extent: Extent<'_>,
    environment: &Environment,
) -> anyhow::Result<Layout> {
    let (config, key_folder) = (data.join("config"), data.join("keys"));
    std::fs::create_dir_all(&config).with_context(|| format!("make folder `{}`", config.display()))?;
    let public = keys::make(&key_folder)?;
    let http = if http.port() == 0 { SocketAddr::new(http.ip(), free_ports(1)?[0]) } else { http };
    let further = usize::from(extent.matching_replicas.clamp(1, MOST_REPLICAS) - 1);
    let ports = free_ports(CONTEXTS.len() * 2 + further)?;
    let peers: Vec<(String, u16)> =
        CONTEXTS.iter().map(|context| (*context).to_owned()).zip(ports.iter().copied()).collect();
    let public_url = format!("http://{http}");
    let mut trusted = String::from("[identity.trusted]\n");
    for (role, key) in &public {
        writeln!(trusted, "{role} = \"{key}\"")?;
    }
    let mut health = Vec::new();
    for (index, context) in CONTEXTS.iter().enumerate() {
        let (listen, probe) = (ports[index], ports[CONTEXTS.len() + index]);
        let replicas = if *context == "matching" { 1 + further } else { 1 };
        for replica in 0..replicas as u8 {
            let (name, probe) = match replica {
                0 => ((*context).to_owned(), probe),
                other => (format!("{context}-{other}"), ports[CONTEXTS.len() * 2 + usize::from(other) - 1]),
            };
            health.push((name.clone(), SocketAddr::from(([127, 0, 0, 1], probe))));
            let address = SocketAddr::from((extent.address(context, replica), listen));
            let mut text = service(context, address, probe, &key_folder, environment)?;
            text.push_str(&trusted);
            for (peer, port) in peers.iter().filter(|(peer, _)| peer != context || replicas > 1) {
                text.push_str(&extent.peer(&format!("peers.{peer}"), peer, *port));
            }
            text.push_str(&own(context, &key_folder, environment, &public_url)?);
            if replicas > 1 {
                writeln!(text, "replica = {replica}")?;
            }
            if let Some(model) = extent.model.filter(|_| *context == "posting") {
                let folder = std::path::absolute(model).with_context(|| format!("find `{}`", model.display()))?;
                writeln!(text, "[service.sentences]\nmodel = {:?}", folder.display().to_string())?;
            }
            keys::write_secret(&config.join(format!("{name}.toml")), &text)?;
        }
    }
    forget_others(&config, further)?;
    let gateway = gateway(http, &public_url, &key_folder, &trusted, &peers, extent)?;
    keys::write_secret(&config.join("gateway.toml"), &gateway)?;
    let operator = data.join("config").join("operator.toml");
    keys::write_secret(&operator, &operator_settings(&key_folder, &peers, extent)?)?;
    Ok(Layout { data: data.to_owned(), config, operator, public_url, health })
}

/// Replicas of an earlier start are not started again.
fn forget_others(config: &Path, further: usize) -> anyhow::Result<()> {
    for replica in further + 1..usize::from(MOST_REPLICAS) {
        let path = config.join(format!("matching-{replica}.toml"));
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("remove `{}`", path.display()))?;
        }
    }
    Ok(())
}

fn service(
    context: &str,
    listen: SocketAddr,
    probe: u16,
    keys: &Path,
    environment: &Environment,
) -> anyhow::Result<String> {
    let (folder, nats) = (keys.display(), environment.nats.url());
    let url_file = keys.join(format!("{context}.database-url"));
    crate::keys::write_secret(&url_file, &environment.database_url(context, context))?;
    Ok(format!(
        r#"[server]
listen = "{listen}"
health_listen = "127.0.0.1:{probe}"
[telemetry]
log_format = "text"
filter = "warn"
[nats]
urls = ["{nats}"]
user = "{context}"
password_file = "{folder}/servers.password"
[database]
url_file = "{}"
max_connections = 12
[log]
durability = "process-crash"
[projector]
wait_millis = 20
# Erasures are certified once no key can be left in a cache.
key_cache_secs = 5
# The log is a terminal, which nobody keeps.
heads_secs = 0
[position]
position_key_file = "{folder}/position.key"
[identity]
role = "{context}"
signing_key_file = "{folder}/{context}.key"
"#,
        url_file.display()
    ))
}

fn own(context: &str, keys: &Path, environment: &Environment, public_url: &str) -> anyhow::Result<String> {
    let folder = keys.display();
    Ok(match context {
        "membership" => {
            let url_file = keys.join("vault.database-url");
            crate::keys::write_secret(&url_file, &environment.database_url("membership", "vault"))?;
            format!("[service]\nvault_url_file = \"{}\"\nroot_key_file = \"{folder}/root.key\"\n", url_file.display())
        }
        "notification" => {
            let smtp = environment.mails.address();
            format!(
                "[service.mail]\nfrom = \"Kindred <no-reply@kindred.invalid>\"\nunsubscribe_key_file = \"{folder}/unsubscribe.key\"\n\
                 [service.web]\nbase_url = \"{public_url}\"\nsign_in_path = \"/sign-in?token={{token}}\"\nunsubscribe_path = \"/unsubscribe?token={{token}}\"\n\
                 [service.smtp]\nhost = \"{}\"\nport = {}\n\
                 [service.delivery]\npoll_millis = 100\nfirst_retry_secs = 1\n",
                smtp.ip(),
                smtp.port()
            )
        }
        // A demo's tenants are small: with the floor of a real one nobody would see a reason.
        "matching" => "[service]\ncohort_floor = 3\n".to_owned(),
        _ => String::new(),
    })
}

fn gateway(
    http: SocketAddr,
    public_url: &str,
    keys: &Path,
    trusted: &str,
    peers: &[(String, u16)],
    extent: Extent<'_>,
) -> anyhow::Result<String> {
    let folder = keys.display();
    let mut text = format!(
        "[http]\nlisten = \"{http}\"\npublic_url = \"{public_url}\"\n[telemetry]\nlog_format = \"text\"\nfilter = \"warn\"\n\
         [identity]\nrole = \"gateway\"\nsigning_key_file = \"{folder}/gateway.key\"\n{trusted}"
    );
    for (peer, port) in peers {
        text.push_str(&extent.peer(peer, peer, *port));
    }
    Ok(text)
}

fn operator_settings(keys: &Path, peers: &[(String, u16)], extent: Extent<'_>) -> anyhow::Result<String> {
    let mut text = format!("name = \"demo\"\nsigning_key_file = \"{}/operator.key\"\n", keys.display());
    for (peer, port) in peers {
        let address = extent.address(peer, 0);
        writeln!(text, "[peers.{peer}]\nurl = \"http://{address}:{port}\"")?;
    }
    Ok(text)
}

/// Ports that nobody has now, below those from which outgoing connections get theirs: a
/// role that was killed finds its own free again. All are held until the last is found, so
/// that none comes twice.
fn free_ports(count: usize) -> anyhow::Result<Vec<u16>> {
    let mut bytes = [0; 2];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).ok().context("draw random bytes")?;
    let begin = PORTS.start + u16::from_be_bytes(bytes) % (PORTS.end - PORTS.start);
    let ports = (begin..PORTS.end).chain(PORTS.start..begin);
    let held: Vec<TcpListener> =
        ports.filter_map(|port| TcpListener::bind(("127.0.0.1", port)).ok()).take(count).collect();
    anyhow::ensure!(held.len() == count, "{} ports are free, {count} are needed", held.len());
    Ok(held.iter().map(TcpListener::local_addr).collect::<Result<Vec<_>, _>>()?.iter().map(SocketAddr::port).collect())
}
