//! The mail sink: a raw dialogue, a real client, failures on purpose.

use kindred_embedded::SmtpSink;
use lettre::message::Message;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Tokio1Executor};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, Scratch};

struct Dialogue(BufStream<TcpStream>);

impl Dialogue {
    async fn begin(sink: &SmtpSink) -> anyhow::Result<Self> {
        let mut dialogue = Self(BufStream::new(TcpStream::connect(sink.address()).await?));
        assert_eq!(dialogue.reply().await?, "220 kindred mail sink");
        Ok(dialogue)
    }

    /// Returns the last line of a reply.
    async fn reply(&mut self) -> anyhow::Result<String> {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await?;
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line.trim_end().to_owned());
            }
        }
    }

    async fn say(&mut self, line: &str) -> anyhow::Result<String> {
        self.0.write_all(line.as_bytes()).await?;
        self.0.write_all(b"\r\n").await?;
        self.0.flush().await?;
        self.reply().await
    }

    /// Says each line and checks how each reply begins.
    async fn expect(&mut self, turns: &[(&str, &str)]) -> anyhow::Result<()> {
        for (line, wanted) in turns {
            let reply = self.say(line).await?;
            assert!(reply.starts_with(wanted), "`{line}` was answered `{reply}`, not `{wanted}`");
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_dialogue_ends_in_a_file() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let sink = SmtpSink::start(scratch.path()).await?;
    let mut dialogue = Dialogue::begin(&sink).await?;
    let turns = [
        ("EHLO here", "250"),
        ("MAIL FROM:<a@here.example> SIZE=20", "250"),
        ("RCPT TO:<b@there.example>", "250"),
        ("RCPT TO:<c@there.example>", "250"),
        ("DATA", "354"),
        ("Subject: hello\r\n\r\n..dot\r\n.", "250"),
        ("QUIT", "221"),
    ];
    dialogue.expect(&turns).await?;
    let [mail] = &sink.mails()[..] else { panic!("one mail was sent") };
    assert_eq!((mail.from.as_str(), mail.to.len()), ("a@here.example", 2));
    assert_eq!(mail.raw, b"Subject: hello\r\n\r\n.dot\r\n");
    assert_eq!(std::fs::read(&mail.path)?, mail.raw);
    assert!(mail.path.extension().is_some_and(|extension| extension == "eml"));
    Ok(())
}

#[tokio::test]
async fn what_is_out_of_order_or_too_large_is_refused_precisely() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let sink = SmtpSink::start(scratch.path()).await?;
    let mut dialogue = Dialogue::begin(&sink).await?;
    let large = format!("{}\r\n.", "x".repeat(1024 * 1024));
    let turns = [
        ("MAIL FROM:<a@here.example>", "503 5.5.1 say EHLO first"),
        ("HELO here", "250"),
        ("RCPT TO:<b@there.example>", "503 5.5.1 say MAIL first"),
        ("MAIL FROM:<a@here.example> SIZE=1048577", "552"),
        ("MAIL FROM:a@here.example", "501"),
        ("MAIL FROM:<>", "250"),
        ("MAIL FROM:<a@here.example>", "503"),
        ("DATA", "503 5.5.1 say RCPT first"),
        ("RSET", "250"),
        ("NOOP", "250"),
        ("WHAT", "500"),
        ("MAIL FROM:<a@here.example>", "250"),
        ("RCPT TO:<b@there.example>", "250"),
        ("DATA", "354"),
        (large.as_str(), "552"),
        ("NOOP", "250"),
    ];
    dialogue.expect(&turns).await?;
    assert_eq!(sink.mails(), []);
    Ok(())
}

#[tokio::test]
async fn a_real_client_gets_through_after_refusals_on_purpose() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let sink = SmtpSink::start(scratch.path()).await?;
    let client =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(sink.address().port()).build();
    let mail = |to: &str| -> anyhow::Result<Message> {
        let builder = Message::builder().from("a@here.example".parse()?).to(to.parse()?).subject("hello");
        Ok(builder.body(".hidden\n".to_owned())?)
    };
    sink.refuse_next(1);
    sink.refuse_recipient("gone@there.example");
    let refused = client.send(mail("b@there.example")?).await.expect_err("it is refused on purpose");
    assert!(refused.is_transient(), "{refused}");
    let refused = client.send(mail("gone@there.example")?).await.expect_err("it is refused on purpose");
    assert!(refused.is_permanent(), "{refused}");
    client.send(mail("b@there.example")?).await?;
    let mails = sink.wait_for(1, PATIENCE, |mail| mail.to == ["b@there.example"]).await;
    assert_eq!(mails.len(), 1);
    let text = String::from_utf8_lossy(&mails[0].raw);
    assert!(text.contains("\r\n\r\n.hidden\r\n"), "{text}");
    Ok(())
}
