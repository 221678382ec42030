//! An operator's side of a call: a name, a key, and where the services are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use kindred_service_kit::caller::{Issuer, Role, SigningKey, Token};
use kindred_service_kit::clock::SystemClock;
use kindred_service_kit::config::{Peer, load};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::{Credentials, ServiceChannel, channel};
use serde::Deserialize;
use tonic::{Request, Status};

/// The operator's settings file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// As the audit trail shows who acted.
    pub name: String,
    /// File with the key that operators' tokens are signed with.
    pub signing_key_file: PathBuf,
    /// Where the services are.
    pub peers: BTreeMap<Role, Peer>,
}

/// Calls services as an operator.
#[derive(Clone)]
pub struct Operator {
    name: String,
    issuer: Arc<Issuer>,
    peers: BTreeMap<Role, Peer>,
}

impl Operator {
    /// Reads the settings file.
    ///
    /// # Errors
    ///
    /// If no file is named or a setting does not hold.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let file = file.context("name the operator's settings with `--operator FILE` or KINDRED_OPERATOR")?;
        let settings: Settings = load("", Some(file))?;
        let key = SigningKey::load(&settings.signing_key_file)?;
        let issuer = Arc::new(Issuer::new(Role::Operator, key, SystemClock::shared()));
        Ok(Self { name: settings.name, issuer, peers: settings.peers })
    }

    /// A channel to a service.
    ///
    /// # Errors
    ///
    /// If the settings do not say where it is.
    pub fn channel(&self, role: Role) -> anyhow::Result<ServiceChannel> {
        let peer =
            self.peers.get(&role).with_context(|| format!("setting `peers.{role}` is required and set nowhere"))?;
        Ok(channel(peer, Credentials::new(self.issuer.clone()))?)
    }

    /// The services that the settings name.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.peers.keys().copied()
    }

    /// A request as this operator.
    pub fn request<M>(&self, message: M) -> Request<M> {
        Credentials::request_as(self.token(), message)
    }

    fn token(&self) -> Token {
        self.issuer.operator(&self.name)
    }
}

/// What a service said, as an error to show.
pub fn said(status: Status) -> anyhow::Error {
    let error = ApiError::from(&status);
    let field = error.field().map(|field| format!(" (field `{field}`)")).unwrap_or_default();
    let text = format!("{}: {}{field}", error.reason(), error.message());
    anyhow::Error::new(error).context(text)
}
