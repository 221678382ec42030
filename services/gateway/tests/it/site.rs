//! A gateway that listens, over the fake services.

use std::collections::BTreeMap;

use kindred_gateway::config::{self, Config};
use kindred_gateway::service;
use kindred_service_kit::caller::SigningKey;
use kindred_service_kit::lifecycle::Tasks;

use super::fake::Fake;

/// A gateway and what is behind it.
pub struct Site {
    pub url: String,
    pub fake: Fake,
    pub tasks: Tasks,
}

impl Site {
    /// On `listen`, with the usual limits.
    pub async fn start(listen: &str) -> Self {
        Self::with(listen, &[("KINDRED__HTTP__MAX_BODY_BYTES", "65536")]).await
    }

    /// On `listen`, with other settings.
    pub async fn with(listen: &str, settings: &[(&str, &str)]) -> Self {
        let (key, pem) = SigningKey::generate().expect("randomness");
        let fake = Fake::new(&key);
        let behind = fake.clone().serve().await;
        let folder =
            std::env::temp_dir().join(format!("kindred-gateway-{}-{behind}", std::process::id()).replace(':', "-"));
        std::fs::create_dir_all(&folder).expect("a folder");
        let key_file = folder.join("gateway.key");
        std::fs::write(&key_file, pem).expect("a key file");
        let mut variables: BTreeMap<String, String> = BTreeMap::from([
            ("KINDRED__HTTP__LISTEN".to_owned(), listen.to_owned()),
            ("KINDRED__IDENTITY__SIGNING_KEY_FILE".to_owned(), key_file.display().to_string()),
        ]);
        for service in ["MEMBERSHIP", "POSTING", "MATCHING", "NOTIFICATION"] {
            variables.insert(format!("KINDRED__{service}__URL"), format!("http://{behind}"));
        }
        variables.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        let config: Config =
            kindred_service_kit::config::load_from(config::DEFAULTS, None, variables).expect("the settings hold");
        let tasks = Tasks::new();
        let started = service::start(&config, &tasks).await.expect("the gateway starts");
        std::fs::remove_dir_all(&folder).expect("the key was read");
        Self { url: format!("http://{}", started.address), fake, tasks }
    }
}
