//! One client's dialogue.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

use super::Sink;
use super::command::{self, Command};
use super::data::{self, MAX_SIZE};

const MAX_COMMAND: u64 = 2048;
const MAX_RECIPIENTS: usize = 100;

const GREETING: &str = "220 kindred mail sink";
const OK: &str = "250 2.0.0 ok";
const BYE: &str = "221 2.0.0 bye";
const START: &str = "354 end with a dot on a line by itself";
const TAKEN: &str = "250 2.0.0 taken";
const CANNOT_VERIFY: &str = "252 2.1.5 send it and see";
const REFUSED: &str = "451 4.3.0 refused on purpose, try again";
const NOT_KEPT: &str = "451 4.3.0 could not be stored, try again";
const TOO_MANY: &str = "452 4.5.3 too many recipients";
const TOO_LONG: &str = "500 5.5.2 line too long";
const NO_GREETING: &str = "503 5.5.1 say EHLO first";
const NO_SENDER: &str = "503 5.5.1 say MAIL first";
const NO_RECIPIENT: &str = "503 5.5.1 say RCPT first";
const HAS_SENDER: &str = "503 5.5.1 a mail is under way, say RSET to begin anew";
const UNKNOWN: &str = "550 5.1.1 recipient refused on purpose";
const TOO_LARGE: &str = "552 5.3.4 more than 1048576 bytes";

/// What the dialogue has come to.
struct Session {
    sink: Arc<Sink>,
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// Talks with a client until it quits or goes.
pub(super) async fn serve(connection: TcpStream, sink: Arc<Sink>) {
    let session = Session { sink, greeted: false, from: None, to: Vec::new() };
    if let Err(error) = session.run(BufStream::new(connection)).await {
        tracing::debug!("mail connection ended: {error}");
    }
}

impl Session {
    async fn run(mut self, mut stream: BufStream<TcpStream>) -> io::Result<()> {
        say(&mut stream, GREETING).await?;
        loop {
            let line = data::read_line(&mut stream, MAX_COMMAND).await?;
            let Some(line) = line.strip_suffix(b"\n") else {
                return if line.is_empty() { Ok(()) } else { say(&mut stream, TOO_LONG).await };
            };
            let text = String::from_utf8_lossy(line);
            match command::parse(text.trim_end_matches('\r')) {
                Err(refusal) => say(&mut stream, refusal).await?,
                Ok(Command::Quit) => return say(&mut stream, BYE).await,
                Ok(Command::Data) => self.take_mail(&mut stream).await?,
                Ok(command) => say(&mut stream, &self.answer(command)).await?,
            }
        }
    }

    fn answer(&mut self, command: Command) -> String {
        match command {
            Command::Ehlo => {
                self.greet();
                format!("250-kindred\r\n250-SIZE {MAX_SIZE}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES")
            }
            Command::Helo => {
                self.greet();
                "250 kindred".to_owned()
            }
            Command::Rset => {
                self.forget();
                OK.to_owned()
            }
            Command::Mail { from, size } => self.begin(from, size).to_owned(),
            Command::Rcpt { to } => self.add(to).to_owned(),
            Command::Vrfy => CANNOT_VERIFY.to_owned(),
            Command::Noop | Command::Quit | Command::Data => OK.to_owned(),
        }
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.forget();
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn begin(&mut self, from: String, size: Option<usize>) -> &'static str {
        if !self.greeted {
            return NO_GREETING;
        }
        if self.from.is_some() {
            return HAS_SENDER;
        }
        if size.is_some_and(|size| size > MAX_SIZE) {
            return TOO_LARGE;
        }
        if self.sink.refuses() {
            return REFUSED;
        }
        self.from = Some(from);
        OK
    }

    fn add(&mut self, to: String) -> &'static str {
        if self.from.is_none() {
            return NO_SENDER;
        }
        if !self.sink.knows(&to) {
            return UNKNOWN;
        }
        if self.to.len() >= MAX_RECIPIENTS {
            return TOO_MANY;
        }
        self.to.push(to);
        OK
    }

    async fn take_mail(&mut self, stream: &mut BufStream<TcpStream>) -> io::Result<()> {
        let Some(from) = self.from.clone() else { return say(stream, NO_SENDER).await };
        if self.to.is_empty() {
            return say(stream, NO_RECIPIENT).await;
        }
        say(stream, START).await?;
        let content = data::read_content(stream).await?;
        let to = std::mem::take(&mut self.to);
        self.forget();
        say(stream, self.keep(from, to, content)).await
    }

    fn keep(&self, from: String, to: Vec<String>, content: Option<Vec<u8>>) -> &'static str {
        let Some(content) = content else { return TOO_LARGE };
        match self.sink.keep(from, to, content) {
            Ok(()) => TAKEN,
            Err(error) => {
                tracing::warn!("keep a mail in `{}`: {error}", self.sink.folder.display());
                NOT_KEPT
            }
        }
    }
}

async fn say(stream: &mut BufStream<TcpStream>, reply: &str) -> io::Result<()> {
    stream.write_all(reply.as_bytes()).await?;
    stream.write_all(b"\r\n").await?;
    stream.flush().await
}
