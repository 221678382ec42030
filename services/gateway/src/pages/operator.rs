//! The operator's console, thin: read models with their lag, organizations.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::{Frame, grouped};
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Page, Projection, ServiceProjections, Tenant};
use crate::operations::operator::{self, NewTenant};

#[derive(Template)]
#[template(path = "operator.html")]
struct OperatorPage {
    frame: Frame,
    services: Vec<ServiceProjections>,
}

/// The figures at the top.
struct Figures {
    projections: usize,
    silent: usize,
    worst: String,
    worst_name: String,
    parked: usize,
}

impl OperatorPage {
    fn figures(&self) -> Figures {
        let all = || self.services.iter().flat_map(|one| one.projections.iter().map(move |other| (one, other)));
        let live = || all().filter(|(_, one)| one.state == "live");
        let worst = live().max_by(|(_, left), (_, right)| left.behind_seconds.total_cmp(&right.behind_seconds));
        Figures {
            projections: live().count(),
            silent: self.services.iter().filter(|one| one.error.is_some()).count(),
            worst: worst.map_or("–".to_owned(), |(_, one)| seconds(one.behind_seconds)),
            worst_name: worst
                .map_or(String::new(), |(service, one)| format!("{} {}", service.service, plain(&one.name))),
            parked: self.services.iter().map(|one| one.parked.len()).sum(),
        }
    }

    fn number(&self, number: &u64) -> String {
        grouped(*number)
    }

    fn seconds(&self, number: &f64) -> String {
        seconds(*number)
    }

    fn plain(&self, name: &str) -> String {
        plain(name)
    }

    fn percent(&self, one: &Projection) -> u32 {
        (one.progress * 100.0).round() as u32
    }

    fn rate(&self, one: &Projection) -> String {
        grouped(one.events_per_second.round() as u64)
    }
}

/// "0.2 s", "41 s", "3 min".
fn seconds(number: f64) -> String {
    match number {
        n if n < 10.0 => format!("{n:.1} s"),
        n if n < 120.0 => format!("{n:.0} s"),
        n => format!("{:.0} min", n / 60.0),
    }
}

fn plain(name: &str) -> String {
    name.replace('_', " ")
}

/// `GET /operator`.
pub async fn projections(visit: Visit) -> Answer<Response> {
    let signed = visit.signed()?;
    signed.operator()?;
    let (services, frame) = tokio::join!(operator::projections(&signed.call), visit.frame("operator"));
    Ok(html(&OperatorPage { frame, services }))
}

#[derive(Template)]
#[template(path = "tenants.html")]
struct TenantsPage {
    frame: Frame,
    tenants: Page<Tenant>,
    new: NewTenant,
    error: Option<String>,
}

/// `GET /operator/tenants`.
pub async fn tenants(visit: Visit) -> Answer<Response> {
    let signed = visit.signed()?;
    signed.operator()?;
    let part = visit.part(50);
    let (tenants, frame) = tokio::join!(operator::tenants(&signed.call, &part), visit.frame("operator"));
    let tenants = tenants?;
    let programme = tenants.items.first().map(|one| one.programme.clone()).unwrap_or_default();
    let new = NewTenant { programme, tenant: String::new(), name: String::new(), hue: 168, open_registration: false };
    Ok(html(&TenantsPage { frame, tenants, new, error: None }))
}

/// `POST /operator/tenants`.
pub async fn create_tenant(sent: Sent) -> Answer<Response> {
    let signed = sent.visit.signed()?;
    signed.operator()?;
    let new = NewTenant {
        programme: sent.line("programme"),
        tenant: sent.line("tenant"),
        name: sent.line("name"),
        hue: sent.line("hue").parse().unwrap_or(168),
        open_registration: sent.fields.flag("open_registration"),
    };
    match operator::create_tenant(&signed.call, sent.command.clone(), new.clone()).await {
        Ok(accepted) => sent.done(&accepted, "/operator/tenants", "tenant"),
        Err(error) if about_input(error.code()) => {
            let part = crate::operations::Part::first(50);
            let (tenants, frame) = tokio::join!(operator::tenants(&signed.call, &part), sent.visit.frame("operator"));
            let page = TenantsPage { frame, tenants: tenants?, new, error: Some(sentence(error.message())) };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_said_with_its_unit() {
        assert_eq!([0.0, 0.24, 41.2, 180.0].map(seconds), ["0.0 s", "0.2 s", "41 s", "3 min"]);
    }
}
