//! What is asked for on the command line.

use anyhow::{Context as _, bail, ensure};
use kindred_testkit::Seed;

use super::target::Fault;

/// Which faults, how often, from which seed.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only faults of this name or kind: `kill`, `kill-nats`, `pause-posting`.
    only: Option<String>,
    /// How many rounds.
    pub rounds: u32,
    /// What targets and moments come from.
    pub seed: u64,
    /// Whether the folder stays.
    pub keep: bool,
}

impl Options {
    /// Reads `--only NAME`, `--rounds N`, `--seed N`; the environment's `KINDRED_KEEP`
    /// keeps the folder.
    ///
    /// # Errors
    ///
    /// If an argument is unknown, has no value, or names no fault.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let drawn = Seed::from_env().next() % 1_000_000_000;
        let keep = std::env::var_os("KINDRED_KEEP").is_some();
        let mut options = Self { only: None, rounds: 20, seed: drawn, keep };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("`{name}` needs a value"));
            match name.as_str() {
                "--only" => options.only = Some(value()?),
                "--rounds" => options.rounds = value()?.parse().context("`--rounds` is a number")?,
                "--seed" => options.seed = value()?.parse().context("`--seed` is a number")?,
                other => bail!("`{other}` is not known: --only NAME, --rounds N, --seed N"),
            }
        }
        let names = || Fault::all().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
        ensure!(!options.faults().is_empty(), "`{}` names no fault: {}", options.wanted(), names());
        ensure!(options.rounds > 0, "`--rounds` is at least 1");
        Ok(options)
    }

    /// The faults that are wanted.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let wanted = |fault: &Fault| {
            let name = fault.name();
            self.only.as_ref().is_none_or(|only| name == *only || name.starts_with(&format!("{only}-")))
        };
        Fault::all().filter(wanted).collect()
    }

    /// What was asked for, in words.
    pub(super) fn wanted(&self) -> &str {
        self.only.as_deref().unwrap_or("every fault")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<Options> {
        Options::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_kind_or_a_name_narrows_the_faults() {
        let count = |text: &str| parse(text).map(|options| options.faults().len()).ok();
        assert_eq!(count("--only kill"), Some(8));
        assert_eq!(count("--only kill-nats --rounds 3"), Some(1));
        assert_eq!(count(""), Some(16));
        assert_eq!(count("--only kill-nat"), None);
        assert_eq!(count("--rounds"), None);
        assert_eq!(count("--rounds 0"), None);
        assert_eq!(count("--often 3"), None);
    }
}
