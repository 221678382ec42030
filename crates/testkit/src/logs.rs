//! What the code under test logs, beside the test's own output.

/// Prints logs as the test runs; `RUST_LOG` chooses which (warnings unless it is set).
pub fn show_logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer();
    // The first test of a process sets it for all.
    let _already_set = subscriber.try_init().is_err();
}
