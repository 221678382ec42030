//! Follows an answer to its end: which status it ends with, and that a stream does not
//! hold up a stop.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::{Code, Status};

use super::observe::Measured;
use crate::error::ApiError;

/// A response body that ends with `UNAVAILABLE` if the service stops while it waits.
pub(super) struct Watched {
    inner: Body,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    measured: Measured,
    ended: bool,
}

impl Watched {
    pub fn new(inner: Body, stopping: WaitForCancellationFutureOwned, measured: Measured) -> Self {
        Self { inner, stopping: Box::pin(stopping), measured, ended: false }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            match &frame {
                Some(Ok(frame)) => {
                    if let Some(trailers) = frame.trailers_ref() {
                        self.measured.end(status_of(trailers));
                    }
                }
                Some(Err(_)) => self.measured.end(Code::Unknown),
                None => self.measured.end(Code::Ok),
            }
            return Poll::Ready(frame);
        }
        if self.stopping.as_mut().poll(context).is_ready() {
            self.ended = true;
            self.measured.end(Code::Unavailable);
            return Poll::Ready(Some(Ok(Frame::trailers(stopping_trailers()))));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The status in headers or trailers; none is success.
pub(super) fn status_of(headers: &HeaderMap) -> Code {
    headers.get("grpc-status").map_or(Code::Ok, |value| Code::from_bytes(value.as_bytes()))
}

fn stopping_trailers() -> HeaderMap {
    let status = Status::from(ApiError::unavailable("STOPPING", "the service is stopping; connect again"));
    let mut trailers = HeaderMap::new();
    // Our own status: short, ASCII, always fits.
    if status.add_header(&mut trailers).is_err() {
        trailers.insert("grpc-status", http::HeaderValue::from_static("14"));
    }
    trailers
}
