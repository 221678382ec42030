//! Callers that call again and again, and how fast they are answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, try_join_all};

/// One call, made anew each time.
pub type Call = Arc<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// Makes a call of a function.
pub fn call<F, Fut>(function: F) -> Call
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    Arc::new(move || Box::pin(function()))
}

/// How long callers call before it counts.
const WARM: Duration = Duration::from_millis(500);
/// How long it counts.
const WINDOW: Duration = Duration::from_millis(2_000);

/// What callers saw.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Answers a second.
    pub rate: f64,
    /// Milliseconds that half of the calls took at most.
    pub p50: f64,
    /// Milliseconds that 99 of a hundred calls took at most.
    pub p99: f64,
}

impl Measured {
    /// What latencies, and the time in which they came, say.
    pub fn of(mut latencies: Vec<Duration>, window: Duration) -> Self {
        latencies.sort_unstable();
        let rate = latencies.len() as f64 / window.as_secs_f64();
        Self { rate, p50: quantile(&latencies, 0.5), p99: quantile(&latencies, 0.99) }
    }

    /// The middle of several, figure by figure.
    pub fn middle(all: &[Self]) -> Self {
        let of = |pick: fn(&Self) -> f64| middle(all.iter().map(pick));
        Self { rate: of(|one| one.rate), p50: of(|one| one.p50), p99: of(|one| one.p99) }
    }
}

/// The middle value; 0 of none.
pub fn middle(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Milliseconds that a share of the sorted latencies took at most.
fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
}

/// So many callers at once, each with one call under way.
///
/// # Errors
///
/// The first call that fails: a figure of failures would say nothing.
pub async fn measure(callers: usize, call: &Call) -> anyhow::Result<Measured> {
    let begin = Instant::now() + WARM;
    let end = begin + WINDOW;
    let running = (0..callers).map(|_| tokio::spawn(keep_calling(call.clone(), begin, end)));
    let latencies: Result<Vec<_>, anyhow::Error> = try_join_all(running).await?.into_iter().collect();
    Ok(Measured::of(latencies?.concat(), WINDOW))
}

async fn keep_calling(call: Call, begin: Instant, end: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(4_096);
    loop {
        let begun = Instant::now();
        if begun >= end {
            return Ok(latencies);
        }
        call().await?;
        let ended = Instant::now();
        if (begin..end).contains(&ended) {
            latencies.push(ended - begun);
        }
    }
}

/// One caller that calls so often, one call after the other.
///
/// # Errors
///
/// The first call that fails.
pub async fn one_by_one(times: usize, call: &Call) -> anyhow::Result<Measured> {
    for _ in 0..times / 10 {
        call().await?;
    }
    let begun = Instant::now();
    let mut latencies = Vec::with_capacity(times);
    for _ in 0..times {
        let started = Instant::now();
        call().await?;
        latencies.push(started.elapsed());
    }
    Ok(Measured::of(latencies, begun.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_latencies() {
        let latencies = (1..=100).rev().map(Duration::from_millis).collect();
        let measured = Measured::of(latencies, Duration::from_secs(10));
        assert_eq!((measured.rate, measured.p50, measured.p99), (10.0, 50.0, 99.0));
    }

    #[test]
    fn the_middle_is_taken_figure_by_figure() {
        let one = |rate, p50| Measured { rate, p50, p99: 0.0 };
        let middle = Measured::middle(&[one(1.0, 9.0), one(3.0, 7.0), one(2.0, 8.0)]);
        assert_eq!((middle.rate, middle.p50), (2.0, 8.0));
    }
}
