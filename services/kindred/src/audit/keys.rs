//! Whose signatures count.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use kindred_service_kit::caller::{PublicKey, Role};

/// What the names of trusted keys begin with where they are variables.
const VARIABLE: &str = "KINDRED__IDENTITY__TRUSTED__";

/// Public keys: of roles, or of whoever signed.
#[derive(Debug, Default)]
pub(super) struct Keys {
    any: Vec<PublicKey>,
    by_role: BTreeMap<Role, Vec<PublicKey>>,
}

impl Keys {
    /// Reads a file or a folder.
    pub(super) fn load(path: &Path) -> anyhow::Result<Self> {
        let mut keys = Self::default();
        if path.is_dir() {
            keys.take_folder(path)?;
            ensure!(!keys.by_role.is_empty(), "`{}` holds no public key (`<role>.pub`)", path.display());
        } else {
            keys.take_lines(path, &read(path)?)?;
            ensure!(!keys.any.is_empty() || !keys.by_role.is_empty(), "`{}` holds no public key", path.display());
        }
        Ok(keys)
    }

    fn take_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        for role in Role::ALL {
            let path = folder.join(format!("{role}.pub"));
            if path.exists() {
                let key = read(&path)?.parse().with_context(|| format!("read `{}`", path.display()))?;
                self.by_role.entry(*role).or_default().push(key);
            }
        }
        Ok(())
    }

    fn take_lines(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
        let lines = text.lines().map(str::trim).enumerate();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', '['])) {
            if let Ok(key) = line.parse() {
                self.any.push(key);
            } else if let Some((role, key)) = of_role(line) {
                self.by_role.entry(role).or_default().push(key);
            } else {
                bail!("line {} of `{}` is neither a public key nor `<role> = \"<key>\"`", number + 1, path.display());
            }
        }
        Ok(())
    }

    /// The keys of the service that owns a context.
    pub(super) fn of(&self, context: &str) -> Vec<PublicKey> {
        let own = context.parse().ok().and_then(|role: Role| self.by_role.get(&role));
        own.into_iter().flatten().chain(&self.any).copied().collect()
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read public keys from `{}`", path.display()))
}

/// `posting = "key"`, or the variable that says the same.
fn of_role(line: &str) -> Option<(Role, PublicKey)> {
    let (name, key) = line.split_once('=')?;
    let role = name.trim().trim_start_matches(VARIABLE).to_lowercase().parse().ok()?;
    Some((role, key.trim().trim_matches('"').parse().ok()?))
}

#[cfg(test)]
mod tests {
    use kindred_service_kit::caller::SigningKey;

    use super::*;

    fn key() -> PublicKey {
        SigningKey::generate().expect("a key").0.public()
    }

    fn of_text(text: &str) -> anyhow::Result<Keys> {
        let mut keys = Keys::default();
        keys.take_lines(Path::new("keys"), text)?;
        Ok(keys)
    }

    #[test]
    fn keys_stand_alone_by_role_or_as_variables() {
        let (posting, former, matching, any) = (key(), key(), key(), key());
        let text = format!(
            "# trusted\n[identity.trusted]\nposting = \"{posting}\"\n\nposting = \"{former}\"\n{VARIABLE}MATCHING={matching}\n"
        );
        let keys = of_text(&text).expect("keys");
        assert_eq!((keys.of("posting"), keys.of("matching")), (vec![posting, former], vec![matching]));
        assert!(keys.of("membership").is_empty() && keys.of("nobody").is_empty());
        let keys = of_text(&any.to_string()).expect("a key");
        assert_eq!((keys.of("posting"), keys.of("membership")), (vec![any], vec![any]));
    }

    #[test]
    fn a_line_that_is_no_key_is_named() {
        for wrong in ["nonsense", "posting = \"nonsense\"", "nobody = \"x\"", "posting"] {
            let error = of_text(&format!("{}\n{wrong}", key())).expect_err("no key").to_string();
            assert!(error.contains("line 2"), "{error}");
        }
    }
}
