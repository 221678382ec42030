//! Reads the length that each gRPC message announces and refuses one that is too large
//! before it is buffered, whatever limit the generated service has.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;

use crate::error::{ApiError, ErrorCode};

/// Compressed flag and length.
const HEADER_BYTES: usize = 5;

/// A request body whose messages are at most `most` bytes.
pub(super) struct SizeLimited {
    inner: Body,
    most: usize,
    /// What has been read of the header of the next message.
    header: [u8; HEADER_BYTES],
    read: usize,
    /// What is left of the message being read.
    rest: usize,
}

impl SizeLimited {
    pub fn new(inner: Body, most: usize) -> Self {
        Self { inner, most, header: [0; HEADER_BYTES], read: 0, rest: 0 }
    }

    /// Follows the messages through `data`.
    fn follow(&mut self, mut data: &[u8]) -> Result<(), ApiError> {
        while !data.is_empty() {
            if self.rest > 0 {
                let taken = self.rest.min(data.len());
                self.rest -= taken;
                data = &data[taken..];
                continue;
            }
            let taken = (HEADER_BYTES - self.read).min(data.len());
            self.header[self.read..self.read + taken].copy_from_slice(&data[..taken]);
            self.read += taken;
            data = &data[taken..];
            if self.read == HEADER_BYTES {
                self.announce()?;
            }
        }
        Ok(())
    }

    fn announce(&mut self) -> Result<(), ApiError> {
        let [_, length @ ..] = self.header;
        self.rest = u32::from_be_bytes(length) as usize;
        self.read = 0;
        if self.rest <= self.most {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorCode::ResourceExhausted,
            "MESSAGE_TOO_LARGE",
            format!("a message of {} bytes is larger than the service takes ({})", self.rest, self.most),
        ))
    }
}

impl HttpBody for SizeLimited {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(Status::from_error(Box::new(error))))),
            Some(Ok(frame)) => frame,
        };
        if let Some(data) = frame.data_ref()
            && let Err(error) = self.follow(data)
        {
            return Poll::Ready(Some(Err(error.into())));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(length.to_be_bytes());
        bytes.extend(vec![7; length as usize]);
        bytes
    }

    #[test]
    fn messages_are_followed_however_the_bytes_are_cut() {
        let bytes: Vec<u8> = [message(3), message(0), message(8)].concat();
        for cut in 1..bytes.len() {
            let mut body = SizeLimited::new(Body::empty(), 8);
            assert!(bytes.chunks(cut).all(|chunk| body.follow(chunk).is_ok()), "cut into {cut}");
            let mut small = SizeLimited::new(Body::empty(), 7);
            assert!(bytes.chunks(cut).any(|chunk| small.follow(chunk).is_err()), "cut into {cut}");
        }
    }

    #[test]
    fn a_message_is_refused_by_its_announcement_alone() {
        let mut body = SizeLimited::new(Body::empty(), 1_024);
        let error = body.follow(&[0, 0xff, 0xff, 0xff, 0xff]).expect_err("four gigabytes were taken");
        assert_eq!(error.reason(), "MESSAGE_TOO_LARGE");
    }
}
