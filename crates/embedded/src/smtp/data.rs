//! The content of a mail as it comes over the wire, and lines of bounded length.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The largest mail taken: 1 MiB.
pub(super) const MAX_SIZE: usize = 1024 * 1024;
/// The longest piece of a line held at once; longer lines come in several.
const MAX_PIECE: u64 = 64 * 1024;

/// Reads up to and including a line feed, at most `limit` bytes; empty at the end.
pub(super) async fn read_line<R>(reader: &mut R, limit: u64) -> io::Result<Vec<u8>>
where
    R: AsyncBufRead + Unpin,
{
    let mut line = Vec::new();
    reader.take(limit).read_until(b'\n', &mut line).await?;
    Ok(line)
}

/// Reads to the line that is a single dot; `None` if that is more than fits, all of it
/// having been read.
pub(super) async fn read_content<R>(reader: &mut R) -> io::Result<Option<Vec<u8>>>
where
    R: AsyncBufRead + Unpin,
{
    let (mut content, mut size, mut line_begins) = (Vec::new(), 0_usize, true);
    loop {
        let piece = read_line(reader, MAX_PIECE).await?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line_begins && piece == b".\r\n" {
            return Ok((size <= MAX_SIZE).then_some(content));
        }
        let stuffed = line_begins && piece.starts_with(b".");
        let text = &piece[usize::from(stuffed)..];
        size = size.saturating_add(text.len());
        if size <= MAX_SIZE {
            content.extend_from_slice(text);
        }
        // Only CR LF ends a line: a bare LF must not let a dot after it end the mail.
        line_begins = piece.ends_with(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SIZE, read_content};

    async fn read(wire: &[u8]) -> Option<Vec<u8>> {
        let mut reader = wire;
        read_content(&mut reader).await.expect("the content ends")
    }

    #[tokio::test]
    async fn dots_are_unstuffed_at_the_beginning_of_lines_only() {
        assert_eq!(read(b"..a.b\r\n.\r\n").await, Some(b".a.b\r\n".to_vec()));
    }

    #[tokio::test]
    async fn a_dot_after_a_bare_line_feed_ends_nothing() {
        assert_eq!(read(b"a\n.\r\nb\r\n.\r\n").await, Some(b"a\n.\r\nb\r\n".to_vec()));
    }

    #[tokio::test]
    async fn too_much_is_read_to_its_end_and_not_kept() {
        let mut wire = vec![b'x'; MAX_SIZE];
        wire.extend(b"\r\n.\r\n");
        assert_eq!(read(&wire).await, None);
    }
}
