//! Installs telemetry for a process and flushes it at the end.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use prometheus::Registry;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use super::{metric, target};
use crate::config::{ConfigError, LogFormat, Telemetry};

/// What the names of spans of steps within a call begin with.
const STEPS: [&str; 3] = ["command.", "query.", "log."];
/// How long the last flush may take.
const FLUSH: Duration = Duration::from_secs(3);

/// Why telemetry is not installed.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A setting does not hold.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An exporter cannot be made.
    #[error("make the exporter for `telemetry.otlp_endpoint`")]
    Exporter(#[from] ExporterBuildError),
    /// The exporter for `/metrics` cannot be made.
    #[error("make the exporter for `/metrics`")]
    Prometheus(#[from] opentelemetry_sdk::error::OTelSdkError),
    /// The process has telemetry already.
    #[error("install telemetry a second time")]
    Installed(#[from] tracing_subscriber::util::TryInitError),
}

/// Holds the process's telemetry; flushes it when it goes.
pub struct Guard {
    tracer: SdkTracerProvider,
    meter: SdkMeterProvider,
    logger: Option<SdkLoggerProvider>,
    registry: Registry,
}

/// Installs telemetry for this process, named `service` and `version` in all of it.
///
/// # Errors
///
/// [`TelemetryError`] if a setting does not hold or telemetry was installed before.
pub fn install(settings: &Telemetry, service: &str, version: &str) -> Result<Guard, TelemetryError> {
    let filter = filter(&settings.filter)?;
    let resource = Resource::builder()
        .with_service_name(service.to_owned())
        .with_attribute(KeyValue::new("service.version", version.to_owned()))
        .build();
    let registry = Registry::new();
    let guard = Guard {
        tracer: tracer(settings, resource.clone())?,
        meter: meter(settings, resource.clone(), &registry)?,
        logger: logger(settings, resource)?,
        registry,
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn({
            let exported = settings.otlp_endpoint.is_some();
            move |metadata| exported || !is_step(metadata)
        }))
        .with(lines(settings.log_format, std::io::stderr))
        .with(tracing_opentelemetry::layer().with_tracer(guard.tracer.tracer("kindred")))
        .with(guard.logger.as_ref().map(OpenTelemetryTracingBridge::new))
        .try_init()?;
    // Only now: a second installation must leave the first one's providers alone.
    opentelemetry::global::set_tracer_provider(guard.tracer.clone());
    opentelemetry::global::set_meter_provider(guard.meter.clone());
    metric::meter().u64_gauge(metric::BUILD_INFO).build().record(1, &[KeyValue::new("version", version.to_owned())]);
    Ok(guard)
}

/// Whether it is a span of a step within a call: its trace is the call's, so that it is worth
/// making only for whoever looks at the trace.
pub(super) fn is_step(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && STEPS.iter().any(|step| metadata.name().starts_with(step))
}

/// Log lines; those inside a call show its trace id, as a field of its span.
pub(super) fn lines<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    match format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(writer).boxed(),
        LogFormat::Text => fmt::layer().with_writer(writer).boxed(),
    }
}

/// The filter, with the exporters' own libraries kept out (their lines would feed themselves)
/// and what somebody relies on let in.
pub(super) fn filter(text: &str) -> Result<EnvFilter, ConfigError> {
    let quiet = ["h2=warn", "hyper=warn", "hyper_util=warn", "tower=warn", "tonic=warn", "opentelemetry=warn"];
    let text = quiet.iter().fold(text.to_owned(), |text, directive| {
        let target = directive.split('=').next().unwrap_or_default();
        if text.contains(&format!("{target}=")) { text } else { format!("{text},{directive}") }
    });
    let text = format!("{text},{}=info", target::AUDIT_HEADS);
    EnvFilter::try_new(text).map_err(|error| ConfigError::value("telemetry.filter", error.to_string()))
}

fn tracer(settings: &Telemetry, resource: Resource) -> Result<SdkTracerProvider, TelemetryError> {
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = &settings.otlp_endpoint else {
        // Spans still get ids, which logs and commits carry, but record nothing.
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    };
    let share = settings.trace_permille.get() as f64 / 1_000.0;
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build()?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)));
    Ok(builder.with_sampler(sampler).with_batch_exporter(exporter).build())
}

fn meter(settings: &Telemetry, resource: Resource, registry: &Registry) -> Result<SdkMeterProvider, TelemetryError> {
    let prometheus = opentelemetry_prometheus::exporter().with_registry(registry.clone()).build()?;
    let builder = SdkMeterProvider::builder().with_resource(resource).with_reader(prometheus);
    let Some(endpoint) = &settings.otlp_endpoint else { return Ok(builder.build()) };
    let exporter = MetricExporter::builder().with_tonic().with_endpoint(endpoint).build()?;
    Ok(builder.with_periodic_exporter(exporter).build())
}

fn logger(settings: &Telemetry, resource: Resource) -> Result<Option<SdkLoggerProvider>, TelemetryError> {
    let Some(endpoint) = &settings.otlp_endpoint else { return Ok(None) };
    let exporter = LogExporter::builder().with_tonic().with_endpoint(endpoint).build()?;
    Ok(Some(SdkLoggerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build()))
}

impl Guard {
    /// What `/metrics` shows.
    #[must_use]
    pub fn registry(&self) -> Registry {
        self.registry.clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // At the end of a process there is nobody left to tell.
        let _flushed = self.tracer.shutdown_with_timeout(FLUSH);
        let _flushed = self.meter.shutdown_with_timeout(FLUSH);
        if let Some(logger) = &self.logger {
            let _flushed = logger.shutdown_with_timeout(FLUSH);
        }
    }
}
