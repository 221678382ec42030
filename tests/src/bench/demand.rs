//! What of the whole is to be measured.

/// What the command line asks for.
#[derive(Debug, Clone, Default)]
pub struct Demand {
    /// Figures whose names begin so; all if empty.
    pub only: String,
    /// Whether a goal that is missed is a failure.
    pub strict: bool,
}

impl Demand {
    /// Reads `[--strict] [PREFIX]`.
    ///
    /// # Errors
    ///
    /// For anything else.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let mut demand = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--strict" => demand.strict = true,
                unknown if unknown.starts_with('-') => {
                    anyhow::bail!("`{unknown}` is no option; try `bench [--strict] [PREFIX]`")
                }
                prefix if demand.only.is_empty() => prefix.clone_into(&mut demand.only),
                more => anyhow::bail!("`{more}` is one prefix too many"),
            }
        }
        Ok(demand)
    }

    /// Whether figures whose names begin with `prefix` may be asked for.
    #[must_use]
    pub fn wants(&self, prefix: &str) -> bool {
        prefix.starts_with(&self.only) || self.only.starts_with(prefix)
    }

    /// Whether the figure of exactly this name is asked for.
    #[must_use]
    pub fn wants_figure(&self, name: &str) -> bool {
        name.starts_with(&self.only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_asks_for_its_figures_and_for_the_part_that_makes_them() {
        let demand = Demand { only: "reply.power-loss.6".to_owned(), strict: false };
        assert!(demand.wants("reply") && demand.wants("reply.power-loss") && demand.wants("reply.power-loss.64"));
        assert!(!demand.wants("join") && !demand.wants("reply.process-crash"));
        assert!(demand.wants_figure("reply.power-loss.64.p50") && !demand.wants_figure("reply.power-loss.1"));
        assert!(Demand::default().wants("join") && Demand::default().wants_figure("join.power-loss.1"));
    }

    #[test]
    fn arguments_are_read_and_others_refused() {
        let read = |arguments: &[&str]| Demand::read(arguments.iter().map(|text| (*text).to_owned()));
        assert!(read(&["join", "--strict"]).is_ok_and(|demand| demand.strict && demand.only == "join"));
        assert!(read(&["--fast"]).is_err() && read(&["a", "b"]).is_err());
    }
}
