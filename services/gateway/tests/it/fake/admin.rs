//! What an operator sees of the services.

use std::pin::Pin;

use futures::Stream;
use kindred_proto::admin::admin_server::{Admin, AdminServer};
use kindred_proto::admin::*;
use tonic::{Request, Response, Status};

use super::{Answer, Fake};

pub fn admin(fake: Fake) -> AdminServer<Fake> {
    AdminServer::new(fake)
}

type Progresses<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl Admin for Fake {
    type RebuildProjectionStream = Progresses<RebuildProjectionResponse>;
    type VerifyProjectionStream = Progresses<VerifyProjectionResponse>;

    async fn list_projections(&self, request: Request<ListProjectionsRequest>) -> Answer<ListProjectionsResponse> {
        self.enter("ListProjections", request)?;
        let one = |name: &str, state: &str, behind: u64| Projection {
            name: name.to_owned(),
            version: 3,
            generation: 7,
            state: state.to_owned(),
            stream: "EVT_POSTING".to_owned(),
            position: 1_204_331,
            behind_events: behind,
            behind_seconds: behind as f64 / 120.0,
            parked: u64::from(name == "inbox"),
            progress: if state == "building" { 0.61 } else { 1.0 },
            events_per_second: 38_400.0,
            seconds_left: 24.0,
        };
        let projections =
            vec![one("thread_list", "live", 0), one("search", "building", 22_318), one("inbox", "live", 41)];
        Ok(Response::new(ListProjectionsResponse { projections }))
    }

    async fn list_parked(&self, request: Request<ListParkedRequest>) -> Answer<ListParkedResponse> {
        self.enter("ListParked", request)?;
        let parked = Parked {
            projection: "inbox".to_owned(),
            subject: "es.posting.17.riverside.comment.0123456789abcdef0123456789abcdef".to_owned(),
            sequence: 1_200_007,
            error: "unknown event type `comment.pinned` version 1".to_owned(),
            later_events: 3,
        };
        Ok(Response::new(ListParkedResponse { parked: vec![parked] }))
    }

    async fn rebuild_projection(&self, _: Request<RebuildProjectionRequest>) -> Answer<Self::RebuildProjectionStream> {
        Err(Status::unimplemented("not in this fake"))
    }
    async fn verify_projection(&self, _: Request<VerifyProjectionRequest>) -> Answer<Self::VerifyProjectionStream> {
        Err(Status::unimplemented("not in this fake"))
    }
    async fn rollback_projection(&self, _: Request<RollbackProjectionRequest>) -> Answer<RollbackProjectionResponse> {
        Err(Status::unimplemented("not in this fake"))
    }
    async fn replay_parked(&self, _: Request<ReplayParkedRequest>) -> Answer<ReplayParkedResponse> {
        Err(Status::unimplemented("not in this fake"))
    }
    async fn discard_parked(&self, _: Request<DiscardParkedRequest>) -> Answer<DiscardParkedResponse> {
        Err(Status::unimplemented("not in this fake"))
    }
    async fn show_log(&self, _: Request<ShowLogRequest>) -> Answer<ShowLogResponse> {
        Err(Status::unimplemented("not in this fake"))
    }
}
