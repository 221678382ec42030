//! Starts and stops what follows the log.
use tokio_util::sync::CancellationToken;

use crate::projector::ProjectorBuilder;
use crate::{Error, Projector};

pub(crate) async fn start(_builder: ProjectorBuilder, _stop: CancellationToken) -> Result<Projector, Error> {
    todo!()
}
