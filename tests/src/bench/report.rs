//! Figures with their baselines and goals: a table for people, JSON for programs.

use std::fmt;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use super::Demand;

/// What a figure is to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Nothing: the figure is there to be compared with.
    None,
    /// So many times the baseline.
    Times(f64),
    /// At most such a part of the baseline.
    PartOf(f64),
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Goal {
    fn is_met(self, value: f64, ratio: Option<f64>) -> bool {
        match self {
            Self::None => true,
            Self::Times(least) => ratio.is_some_and(|ratio| ratio >= least),
            Self::PartOf(most) => ratio.is_some_and(|ratio| ratio <= most),
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Times(least) => write!(formatter, ">= {least} x baseline"),
            Self::PartOf(most) => write!(formatter, "<= {most} x baseline"),
            Self::AtMost(most) => write!(formatter, "<= {most}"),
            Self::AtLeast(least) => write!(formatter, ">= {least}"),
        }
    }
}

/// One result, as the report holds it.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Dotted, from the part that makes it to what it is.
    pub name: String,
    /// The platform's.
    pub value: f64,
    /// Of value and baseline.
    pub unit: &'static str,
    /// What the same work costs bare.
    pub baseline: Option<f64>,
    /// Value by baseline.
    pub ratio: Option<f64>,
    /// What was asked for; nothing of a figure that only stands beside another.
    pub goal: Option<String>,
    /// Whether the goal is reached; where there is none, it is.
    pub met: bool,
}

/// All results of a run.
pub struct Report {
    /// What was asked for.
    pub demand: Demand,
    figures: Vec<Figure>,
    path: PathBuf,
}

impl Report {
    /// An empty report for what is asked for.
    ///
    /// # Errors
    ///
    /// If its folder cannot be made.
    pub fn new(demand: Demand) -> anyhow::Result<Self> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        let folder = target.join("bench");
        std::fs::create_dir_all(&folder).with_context(|| format!("make folder `{}`", folder.display()))?;
        line(&row(["figure", "value", "unit", "baseline", "ratio", "goal", "met"]))?;
        Ok(Self { demand, figures: Vec::new(), path: folder.join("report.json") })
    }

    /// Takes a figure in and prints its row, if it was asked for.
    ///
    /// # Errors
    ///
    /// If nothing can be printed.
    pub fn add(
        &mut self,
        name: &str,
        value: f64,
        unit: &'static str,
        baseline: Option<f64>,
        goal: Goal,
    ) -> anyhow::Result<()> {
        if !self.demand.wants_figure(name) {
            return Ok(());
        }
        let ratio = baseline.filter(|baseline| *baseline > 0.0).map(|baseline| value / baseline);
        let met = goal.is_met(value, ratio);
        let goal = (goal != Goal::None).then(|| goal.to_string());
        let figure = Figure { name: name.to_owned(), value, unit, baseline, ratio, goal, met };
        line(&figure.row())?;
        self.figures.push(figure);
        Ok(())
    }

    /// A remark between the rows: what the next figures stand beside.
    ///
    /// # Errors
    ///
    /// If nothing can be printed.
    pub fn remark(&self, text: &str) -> anyhow::Result<()> {
        line(&format!("# {text}"))
    }

    /// Writes the report down.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn end(&self) -> anyhow::Result<()> {
        let json = serde_json::to_vec_pretty(&self.figures)?;
        std::fs::write(&self.path, json).with_context(|| format!("write `{}`", self.path.display()))?;
        let missed = self.missed().count();
        line(&format!("# {} figures, {missed} goals missed; {}", self.figures.len(), self.path.display()))
    }

    /// The figures whose goals are missed.
    pub fn missed(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(|figure| !figure.met)
    }
}

impl Figure {
    fn row(&self) -> String {
        let number = |value: f64| if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") };
        let met = match (&self.goal, self.met) {
            (None, _) => "",
            (Some(_), true) => "yes",
            (Some(_), false) => "NO",
        };
        row([
            &self.name,
            &number(self.value),
            self.unit,
            &self.baseline.map(number).unwrap_or_default(),
            &self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            self.goal.as_deref().unwrap_or_default(),
            met,
        ])
    }
}

fn row(cells: [&str; 7]) -> String {
    let [name, value, unit, baseline, ratio, goal, met] = cells;
    format!("{name:<38} {value:>10} {unit:<12} {baseline:>10} {ratio:>7}  {goal:<18} {met}").trim_end().to_owned()
}

fn line(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_or_missed_by_value_or_by_ratio() {
        assert!(Goal::Times(0.5).is_met(1.0, Some(0.5)) && !Goal::Times(0.5).is_met(1.0, Some(0.49)));
        assert!(!Goal::Times(0.5).is_met(1.0, None), "without a baseline nothing is shown");
        assert!(Goal::PartOf(0.1).is_met(1.0, Some(0.1)) && !Goal::PartOf(0.1).is_met(1.0, Some(0.11)));
        assert!(!Goal::PartOf(0.1).is_met(1.0, None), "without a baseline nothing is shown");
        assert!(Goal::AtLeast(3.0).is_met(3.0, None) && !Goal::AtLeast(3.0).is_met(2.9, None));
        assert!(Goal::AtMost(3.0).is_met(3.0, None) && !Goal::AtMost(3.0).is_met(3.1, None));
    }
}
