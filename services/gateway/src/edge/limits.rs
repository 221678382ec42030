//! How much one address and one session may do: reading is cheap, writing costs more,
//! asking for mail most.
//!
//! A refusal is `RESOURCE_EXHAUSTED` and says when to come back.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::config;
use crate::edge::forwarded::ClientAddress;
use crate::failure::Failure;
use crate::gateway::Gateway;

/// What a write costs where a read costs one.
const WRITE_COSTS: NonZeroU32 = NonZeroU32::new(5).expect("five is not zero");
const READ_COSTS: NonZeroU32 = NonZeroU32::new(1).expect("one is not zero");

/// The limits of this process.
pub struct Limits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    sessions: DefaultKeyedRateLimiter<[u8; 32]>,
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    mailboxes: DefaultKeyedRateLimiter<[u8; 32]>,
    clock: DefaultClock,
}

impl Limits {
    /// Limits as configured.
    #[must_use]
    pub fn new(config: &config::Limits) -> Self {
        let second = |each: NonZeroU32| Quota::per_second(each).allow_burst(each.saturating_mul(BURST_SECONDS));
        Self {
            addresses: RateLimiter::keyed(second(config.requests_per_second_per_address)),
            sessions: RateLimiter::keyed(second(config.requests_per_second_per_session)),
            sign_ins: RateLimiter::keyed(Quota::per_minute(config.sign_ins_per_minute_per_address)),
            mailboxes: RateLimiter::keyed(Quota::per_hour(config.mails_per_hour_per_mailbox)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request of a session.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED`.
    pub fn session(&self, key: &[u8; 32], method: &Method) -> Result<(), ApiError> {
        self.count(&self.sessions, key, cost(method))
    }

    /// Counts a request for a mail, a registration or a redemption by address.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED`.
    pub fn sign_in(&self, address: ClientAddress) -> Result<(), ApiError> {
        self.count(&self.sign_ins, &network(address.0), READ_COSTS)
    }

    /// Counts a mail to one mailbox, so that nobody is flooded by strangers.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED`.
    pub fn mailbox(&self, tenant: &str, email: &str) -> Result<(), ApiError> {
        let text = format!("{tenant}\0{}", email.trim().to_lowercase());
        let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let key = hash.as_ref().try_into().expect("SHA-256 has 32 bytes");
        self.count(&self.mailboxes, &key, READ_COSTS)
    }

    fn count<K: std::hash::Hash + Eq + Clone>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
        cost: NonZeroU32,
    ) -> Result<(), ApiError> {
        match limiter.check_key_n(key, cost) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(early)) => Err(too_many(early.wait_time_from(self.clock.now()))),
            Err(_never_fits) => Err(too_many(Duration::from_secs(60))),
        }
    }

    /// Forgets those who have been quiet.
    pub fn sweep(&self) {
        self.addresses.retain_recent();
        self.sessions.retain_recent();
        self.sign_ins.retain_recent();
        self.mailboxes.retain_recent();
    }
}

/// How many seconds' worth may come at once.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::new(4).expect("four is not zero");

fn cost(method: &Method) -> NonZeroU32 {
    if matches!(*method, Method::GET | Method::HEAD) { READ_COSTS } else { WRITE_COSTS }
}

fn too_many(wait: Duration) -> ApiError {
    ApiError::new(ErrorCode::ResourceExhausted, "TOO_MANY_REQUESTS", "too many requests; wait a moment")
        .with_retry_after(wait)
}

/// One household or phone may use a whole IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => {
            six.to_ipv4_mapped().map_or_else(|| IpAddr::V6((u128::from(six) & (u128::MAX << 64)).into()), IpAddr::V4)
        }
        four @ IpAddr::V4(_) => four,
    }
}

/// Counts every request by address.
pub async fn layer(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().copied();
    let counted = address.map_or(Ok(()), |ClientAddress(address)| {
        gateway.limits.count(&gateway.limits.addresses, &network(address), cost(request.method()))
    });
    match counted {
        Ok(()) => next.run(request).await,
        Err(error) => Failure(error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_over_sooner_than_reading_and_says_when_to_come_back() {
        let limits = Limits::new(&config::Limits::default());
        let allowed =
            |method: &Method, key: u8| (0..100_000).take_while(|_| limits.session(&[key; 32], method).is_ok()).count();
        let (reads, writes) = (allowed(&Method::GET, 1), allowed(&Method::POST, 2));
        assert!(writes > 0 && writes < reads, "{writes} writes, {reads} reads");
        let error = limits.session(&[2; 32], &Method::POST).expect_err("over the limit");
        assert_eq!(error.code(), ErrorCode::ResourceExhausted);
        assert!(error.retry_after().is_some());
        assert!(limits.session(&[3; 32], &Method::POST).is_ok(), "others go on");
    }

    #[test]
    fn one_ipv6_network_is_one_address() {
        let same = ["2001:db8::1", "2001:db8::ffff:2"].map(|text| network(text.parse().expect("an address")));
        assert_eq!(same[0], same[1]);
        assert_eq!(network("::ffff:10.0.0.1".parse().expect("mapped")).to_string(), "10.0.0.1");
    }
}
