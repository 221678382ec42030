//! Membership over gRPC, as far as notification asks it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kindred_proto::membership as wire;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// A running one; it stops when told to, or with the test.
pub struct MembersServer {
    address: SocketAddr,
    answers: Arc<Answers>,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Answers {
    asked: AtomicUsize,
    confirmed: AtomicUsize,
}

impl MembersServer {
    pub async fn start() -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into()).await
    }

    /// Where another one was, after an outage.
    pub async fn start_at(address: SocketAddr) -> Self {
        let answers = Arc::new(Answers::default());
        let listener = TcpListener::bind(address).await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let server = tonic::transport::Server::builder()
            .add_service(wire::members_server::MembersServer::from_arc(answers.clone()))
            .serve_with_incoming_shutdown(TcpIncoming::from(listener), stop.clone().cancelled_owned());
        let served = tokio::spawn(async move { server.await.unwrap() });
        Self { address, answers, stop, served }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often an address was asked for.
    pub fn asked(&self) -> usize {
        self.answers.asked.load(Ordering::SeqCst)
    }

    /// How often an erasure was confirmed.
    pub fn confirmed(&self) -> usize {
        self.answers.confirmed.load(Ordering::SeqCst)
    }

    /// Where it was.
    pub async fn stop(self) -> SocketAddr {
        self.stop.cancel();
        self.served.await.unwrap();
        self.address
    }
}

/// A service of which only some calls are answered.
macro_rules! service {
    ($trait:path { $($own:item)* } never { $($rpc:ident: $request:ident => $response:ident,)* }) => {
        #[tonic::async_trait]
        impl $trait for Answers {
            $($own)*
            $(async fn $rpc(&self, _: Request<wire::$request>) -> Result<Response<wire::$response>, Status> {
                Err(Status::unimplemented(stringify!($rpc)))
            })*
        }
    };
}

service! {
    wire::members_server::Members {
        async fn get_address(
            &self,
            request: Request<wire::GetAddressRequest>,
        ) -> Result<Response<wire::GetAddressResponse>, Status> {
            assert!(request.metadata().contains_key("kindred-caller"));
            self.asked.fetch_add(1, Ordering::SeqCst);
            let asked = request.into_inner();
            Ok(Response::new(wire::GetAddressResponse {
                email: format!("{}@mail.example", asked.member_id),
                handle: "ann-the-brave".to_owned(),
                language: "en".to_owned(),
                tenant_name: "Riverside".to_owned(),
            }))
        }

        async fn confirm_erasure(
            &self,
            request: Request<wire::ConfirmErasureRequest>,
        ) -> Result<Response<wire::ConfirmErasureResponse>, Status> {
            assert_eq!(request.get_ref().context, "notification");
            self.confirmed.fetch_add(1, Ordering::SeqCst);
            Ok(Response::new(wire::ConfirmErasureResponse { receipt: None }))
        }
    }
    never {
        register: RegisterRequest => RegisterResponse,
        resolve_handles: ResolveHandlesRequest => ResolveHandlesResponse,
        get_member: GetMemberRequest => GetMemberResponse,
        get_members: GetMembersRequest => GetMembersResponse,
        set_profile: SetProfileRequest => SetProfileResponse,
        set_consent: SetConsentRequest => SetConsentResponse,
        get_consent: GetConsentRequest => GetConsentResponse,
        suspend: SuspendRequest => SuspendResponse,
        reinstate: ReinstateRequest => ReinstateResponse,
        grant_tenant_role: GrantTenantRoleRequest => GrantTenantRoleResponse,
        revoke_tenant_role: RevokeTenantRoleRequest => RevokeTenantRoleResponse,
        erase: EraseRequest => EraseResponse,
        get_erasure: GetErasureRequest => GetErasureResponse,
    }
}
