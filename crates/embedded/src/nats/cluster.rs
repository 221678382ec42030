//! A JetStream cluster on loopback.

use std::path::Path;

use super::Nats;
use super::builder::NatsBuilder;
use super::config::Ports;
use super::node::Node;
use crate::error::Error;
use crate::ports;

/// The most servers of one cluster.
const MOST: usize = 5;

/// A running JetStream cluster; dropping it stops every server.
#[derive(Debug)]
pub struct NatsCluster {
    nodes: Vec<Nats>,
}

impl NatsCluster {
    pub(super) async fn start(builder: &NatsBuilder, nodes: usize) -> Result<Self, Error> {
        let nodes = nodes.clamp(1, MOST);
        let program = builder.program().await?;
        let mut attempt = 1;
        loop {
            let mut cluster = Self::describe(builder, &program, nodes)?;
            let Err(error) = cluster.launch().await else { return Ok(cluster) };
            for nats in &mut cluster.nodes {
                nats.node.abandon().await;
            }
            match error {
                Error::Start { log, .. } if ports::was_taken(&log) && attempt < ports::ATTEMPTS => attempt += 1,
                error => return Err(error),
            }
        }
    }

    fn describe(builder: &NatsBuilder, program: &Path, nodes: usize) -> Result<Self, Error> {
        let drawn: [u16; 3 * MOST] = ports::free()?;
        let ports: Vec<Ports> = drawn
            .chunks_exact(3)
            .take(nodes)
            .map(|three| Ports { client: three[0], monitor: three[1], route: Some(three[2]) })
            .collect();
        let routes: Vec<u16> = ports.iter().filter_map(|ports| ports.route).collect();
        let node = |(index, ports): (usize, &Ports)| {
            let name = format!("n{}", index + 1);
            let config = builder.node_config(&name, *ports, routes.clone())?;
            let folder = builder.node_folder(&name, true)?;
            Ok(Nats { node: Node::new(program, folder, config) })
        };
        let nodes = ports.iter().enumerate().map(node).collect::<Result<_, Error>>()?;
        Ok(Self { nodes })
    }

    async fn launch(&mut self) -> Result<(), Error> {
        for nats in &mut self.nodes {
            nats.node.launch().await?;
        }
        for nats in &self.nodes {
            nats.node.until_answering().await?;
        }
        self.until_ready().await
    }

    /// Waits until every server follows the same leader and is healthy.
    ///
    /// # Errors
    ///
    /// [`Error::Start`] with the last log lines of the one that is not.
    pub async fn until_ready(&self) -> Result<(), Error> {
        for nats in &self.nodes {
            nats.node.until_following(self.nodes.len()).await?;
        }
        Ok(())
    }

    /// Where clients connect, one address per server.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Nats::url).collect()
    }

    /// The servers.
    #[must_use]
    pub fn nodes(&self) -> &[Nats] {
        &self.nodes
    }

    /// The servers, to kill and restart.
    pub fn nodes_mut(&mut self) -> &mut [Nats] {
        &mut self.nodes
    }

    /// Stops all servers gracefully and waits for their end.
    ///
    /// # Errors
    ///
    /// [`Error::StillRunning`] if one had to be killed.
    pub async fn stop(self) -> Result<(), Error> {
        let mut outcome = Ok(());
        for nats in self.nodes {
            outcome = outcome.and(nats.stop().await);
        }
        outcome
    }

    pub(crate) fn follow(self, leader: i32) {
        self.nodes.into_iter().for_each(|nats| nats.follow(leader));
    }
}
