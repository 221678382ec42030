//! A NATS server's configuration file.

use std::path::Path;

use super::Sync;

/// The largest message unless said otherwise: 1 MiB.
pub(super) const MAX_PAYLOAD: u32 = 1024 * 1024;

/// The loopback ports of one server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub client: u16,
    pub monitor: u16,
    /// Where its peers connect, if it has any.
    pub route: Option<u16>,
}

/// What one server's configuration file says.
#[derive(Debug, Clone)]
pub(super) struct NodeConfig {
    pub name: String,
    pub ports: Ports,
    /// Route ports of all servers of the cluster.
    pub routes: Vec<u16>,
    pub sync: Sync,
    pub max_payload: u32,
    /// Added as it stands.
    pub extra: String,
}

/// Bytes that all streams together may announce: they are set apart when a stream is made,
/// and many small ones on a machine short of space must not refuse each other.
const STREAMS: u64 = 1 << 44;

impl NodeConfig {
    /// Renders the file of a server that keeps its streams below `folder`.
    pub fn render(&self, folder: &Path) -> String {
        let Ports { client, monitor, .. } = self.ports;
        let store = serde_json::Value::from(folder.join("jetstream").to_string_lossy());
        let sync = match self.sync {
            Sync::Interval => "",
            Sync::Always => "  sync_interval: always\n",
        };
        let mut text = format!(
            "server_name: {}\nlisten: 127.0.0.1:{client}\nhttp: 127.0.0.1:{monitor}\n\
             max_payload: {}\njetstream {{\n  store_dir: {store}\n  max_file_store: {STREAMS}\n{sync}}}\n",
            self.name, self.max_payload
        );
        text.push_str(&self.render_cluster());
        text.push_str(&self.extra);
        text.push('\n');
        text
    }

    fn render_cluster(&self) -> String {
        let Some(port) = self.ports.route else { return String::new() };
        let mut text = format!("cluster {{\n  name: kindred\n  listen: 127.0.0.1:{port}\n  routes: [\n");
        for route in &self.routes {
            text.push_str(&format!("    nats://127.0.0.1:{route}\n"));
        }
        text.push_str("  ]\n}\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{MAX_PAYLOAD, NodeConfig, Ports, Sync};

    #[test]
    fn a_path_with_a_quote_stays_one_value() {
        let ports = Ports { client: 1, monitor: 2, route: None };
        let (name, extra) = ("one".to_owned(), "accounts {}".to_owned());
        let config = NodeConfig { name, ports, routes: vec![], sync: Sync::Always, max_payload: MAX_PAYLOAD, extra };
        let text = config.render(Path::new("/odd\"path"));
        assert!(text.contains(r#"store_dir: "/odd\"path/jetstream""#), "{text}");
        assert!(text.contains("sync_interval: always"), "{text}");
        assert!(text.ends_with("accounts {}\n") && !text.contains("cluster"), "{text}");
    }
}
