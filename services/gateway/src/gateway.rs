//! What every handler shares: settings, clients, sessions, limits.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use kindred_ids::{CommandId, TenantSlug};
use kindred_proto::membership::GetTenantRequest;
use kindred_service_kit::caller::Issuer;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::ApiError;
use ring::rand::{SecureRandom, SystemRandom};
use tokio_util::sync::CancellationToken;

use crate::api::Streams;
use crate::backends::{Backends, Call, ask};
use crate::config::Settings;
use crate::edge::limits::Limits;
use crate::model::Tenant;
use crate::positions::Positions;
use crate::session::Sessions;

/// How long name and looks of a tenant are kept.
const TENANT_KEPT: Duration = Duration::from_secs(30);
/// How many tenants are kept.
const TENANTS_KEPT: u64 = 10_000;

/// The gateway's shared state; cheap to clone.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

/// What the gateway is made of.
pub struct Inner {
    /// How it is set up.
    pub settings: Settings,
    /// The services behind it.
    pub backends: Arc<Backends>,
    /// Signs caller tokens with the gateway's own key.
    pub issuer: Arc<Issuer>,
    /// Resolved sessions, for a few seconds each.
    pub sessions: Sessions,
    /// How much one address or session may do.
    pub limits: Limits,
    /// Open live streams.
    pub streams: Streams,
    /// Tells the time.
    pub clock: SharedClock,
    /// Cancelled when the process stops.
    pub stop: CancellationToken,
    tenants: moka::future::Cache<TenantSlug, Arc<Tenant>>,
}

impl Deref for Gateway {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Gateway {
    /// A gateway over `backends`.
    #[must_use]
    pub fn new(
        settings: Settings,
        backends: Backends,
        issuer: Arc<Issuer>,
        clock: SharedClock,
        stop: CancellationToken,
    ) -> Self {
        let limits = Limits::new(&settings.limits);
        let (sessions, streams) = (Sessions::new(), Streams::default());
        let tenants = moka::future::Cache::builder().time_to_live(TENANT_KEPT).max_capacity(TENANTS_KEPT).build();
        let backends = Arc::new(backends);
        Self(Arc::new(Inner { settings, backends, issuer, sessions, limits, streams, clock, stop, tenants }))
    }

    /// A call for somebody not signed in, on a tenant's pages if one is known.
    #[must_use]
    pub fn stranger(&self, tenant: Option<&TenantSlug>) -> Call {
        self.call(self.issuer.anonymous(tenant), Positions::none())
    }

    /// A call of the gateway itself.
    #[must_use]
    pub fn own_call(&self) -> Call {
        self.call(self.issuer.service(), Positions::none())
    }

    pub(crate) fn call(&self, token: kindred_service_kit::caller::Token, positions: Positions) -> Call {
        Call::new(self.backends.clone(), token, positions, self.settings.call_timeout)
    }

    /// Name and looks of a tenant, at most half a minute old.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for an unknown tenant, or as the service says.
    pub async fn tenant(&self, slug: &TenantSlug) -> Result<Arc<Tenant>, ApiError> {
        let load = async {
            let call = self.stranger(Some(slug));
            let answer = ask!(call, programmes.get_tenant(GetTenantRequest { tenant: slug.to_string() }))?;
            let tenant =
                answer.tenant.ok_or_else(|| ApiError::not_found("TENANT_UNKNOWN", "there is no such tenant"))?;
            Ok(Arc::new(Tenant::of_wire(tenant)))
        };
        self.tenants.try_get_with(slug.clone(), load).await.map_err(|error: Arc<ApiError>| (*error).clone())
    }

    /// Forgets what is kept of a tenant, after it was changed.
    pub async fn forget_tenant(&self, slug: &TenantSlug) {
        self.tenants.invalidate(slug).await;
    }
}

/// A new command id: any UUID will do, so that a form may be sent twice.
///
/// # Panics
///
/// If the system gives no randomness, without which no form can be safe.
#[must_use]
pub fn new_command_id() -> CommandId {
    let uuid = uuid::Builder::from_random_bytes(random()).into_uuid();
    CommandId::new(uuid).expect("a UUID with version bits is not nil")
}

/// Sixteen random bytes.
///
/// # Panics
///
/// If the system gives no randomness.
#[must_use]
pub fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the system gives randomness");
    bytes
}
