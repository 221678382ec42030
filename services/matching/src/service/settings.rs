//! What an operator sets of matching alone.

use anyhow::Context as _;
use kindred_service_kit::config::{Bounded, Millis, Peer};
use serde::Deserialize;

use crate::application::Rhythm;
use crate::domain::round::Mode;
use crate::index::Holding;

/// Settings that only matching has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which of the replicas in `peers.matching.replicas` this one is.
    pub replica: Option<Bounded<0, 999>>,
    /// How many people of a tenant must release a value before it counts.
    pub cohort_floor: Bounded<1, 1_000>,
    /// How long an answer waits for the index.
    pub patience_millis: Millis<1, 5_000>,
    /// How often to look whether a tenant's weights are to be fixed.
    pub weights_check_millis: Millis<100, 86_400_000>,
    /// How many people a member may ask to meet in a day.
    pub introductions_a_day: Bounded<1, 100>,
    /// How often to write down what the index holds; 0 for never.
    pub snapshot_minutes: Bounded<0, 10_080>,
    /// How many new pairings within seven days are enough for a mentor.
    pub mentor_new_in_a_week: Bounded<1, 1_000>,
    /// How many who wait are enough for a round to run by itself; 0 if none does.
    pub mentor_round_from: Bounded<0, 20_000>,
    /// How many hours of waiting are, however few wait.
    pub mentor_round_after_hours: Bounded<1, 8_760>,
    /// How a round that runs by itself chooses.
    pub mentor_round_mode: RoundMode,
    /// For how many days a mentor is asked by a round.
    pub mentor_answer_days: Bounded<1, 365>,
    /// How often to look whether a round, or what one asked, is due.
    pub mentor_round_check_millis: Millis<100, 86_400_000>,
}

impl Settings {
    /// What this process holds, where `own` says who the replicas are.
    pub(super) fn holding(&self, own: Option<&Peer>) -> anyhow::Result<Holding> {
        let Some(replicas) = own.and_then(|own| own.replicas.as_ref()) else { return Ok(Holding::all()) };
        let replica = self.replica.context("setting `service.replica` is required beside `peers.matching.replicas`")?;
        Ok(Holding::of(replicas.layout(), u32::try_from(replica.get())?))
    }

    pub(super) fn rhythm(&self) -> anyhow::Result<Rhythm> {
        Ok(Rhythm {
            from: self.mentor_round_from.as_usize(),
            after_seconds: i64::try_from(self.mentor_round_after_hours.get())? * 3_600,
            answer_seconds: i64::try_from(self.mentor_answer_days.get())? * 24 * 3_600,
            mode: match self.mentor_round_mode {
                RoundMode::Cheapest => Mode::Cheapest,
                RoundMode::Stable => Mode::Stable,
            },
        })
    }
}

/// How a round chooses, as a setting.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundMode {
    /// As many as can be, at the least cost.
    Cheapest,
    /// So that no two would both rather have each other.
    Stable,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use kindred_ids::TenantSlug;
    use kindred_service_kit::config::load_from;

    use super::super::{Config, DEFAULTS};
    use super::*;

    const REQUIRED: [(&str, &str); 4] = [
        ("KINDRED__DATABASE__URL_FILE", "/run/database"),
        ("KINDRED__IDENTITY__ROLE", "matching"),
        ("KINDRED__IDENTITY__SIGNING_KEY_FILE", "/run/key"),
        ("KINDRED__POSITION__POSITION_KEY_FILE", "/run/position"),
    ];

    fn config(more: (&str, &str)) -> Result<Config, String> {
        let variables = REQUIRED.into_iter().chain([more]);
        let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        load_from(DEFAULTS, None, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_hold_and_single_settings_override_them() {
        let own = config(("KINDRED__SERVICE__COHORT_FLOOR", "3")).expect("settings").split().1;
        assert_eq!((own.cohort_floor.get(), own.patience_millis.duration().as_secs()), (3, 2));
        assert_eq!((own.mentor_new_in_a_week.get(), own.snapshot_minutes.get()), (3, 30));
        let rhythm = own.rhythm().expect("a rhythm");
        let told = (rhythm.from, rhythm.after_seconds, rhythm.answer_seconds, rhythm.mode);
        assert_eq!(told, (10, 24 * 3_600, 7 * 24 * 3_600, Mode::Cheapest));
    }

    #[test]
    fn what_does_not_hold_is_named() {
        for (name, value, key) in [
            ("KINDRED__SERVICE__COHORT_FLOOR", "0", "service.cohort_floor"),
            ("KINDRED__SERVICE__COHORT_FLOR", "3", "cohort_flor"),
            ("KINDRED__SERVICE__WEIGHTS_CHECK_MILLIS", "1", "service.weights_check_millis"),
            ("KINDRED__SERVICE__SNAPSHOT_MINUTES", "10081", "service.snapshot_minutes"),
            ("KINDRED__SERVICE__MENTOR_ROUND_MODE", "fastest", "mentor_round_mode"),
            ("KINDRED__SERVICE__MENTOR_ANSWER_DAYS", "0", "service.mentor_answer_days"),
        ] {
            let error = config((name, value)).expect_err("refused");
            assert!(error.contains(key), "{error}");
        }
    }

    #[test]
    fn a_tenant_is_split_among_replicas_that_are_named() {
        let own = config(("KINDRED__SERVICE__COHORT_FLOOR", "3")).expect("settings").split().1;
        assert_eq!(own.holding(None).expect("settings"), Holding::all());
        let peer = "url = \"http://m:1\"\n[replicas]\nurl = \"http://m-{replica}:1\"\ncount = 3\ncopies = 2\n";
        let peer = |split: &str| {
            let variable = (OsString::from("KINDRED__REPLICAS__SPLIT_TENANTS"), OsString::from(split));
            load_from::<Peer>(peer, None, [variable]).map_err(|error| error.to_string())
        };
        let split = peer("[riverside, lakeside]").expect("a peer");
        assert!(own.holding(Some(&split)).expect_err("refused").to_string().contains("service.replica"));
        let own = Settings { replica: Some(Bounded::new(1)), ..own };
        let holding = own.holding(Some(&split)).expect("settings");
        assert_eq!(holding.split().iter().map(TenantSlug::as_str).collect::<Vec<_>>(), ["lakeside", "riverside"]);
        for wrong in ["[River Side]", "riverside"] {
            let error = peer(wrong).expect_err("refused");
            assert!(error.contains("replicas.split_tenants"), "{error}");
        }
    }
}
