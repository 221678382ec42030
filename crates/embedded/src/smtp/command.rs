//! Commands of RFC 5321, parsed.

/// A line of the client's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Ehlo,
    Helo,
    Mail { from: String, size: Option<usize> },
    Rcpt { to: String },
    Data,
    Rset,
    Noop,
    Quit,
    Vrfy,
}

/// Why a line is no command: the reply says it.
pub(super) type Refusal = &'static str;

const UNKNOWN: Refusal = "500 5.5.2 command not recognized";
const NO_ARGUMENT: Refusal = "501 5.5.4 this command takes no argument";
const NO_NAME: Refusal = "501 5.5.4 give the name of your host";
const NO_SENDER: Refusal = "501 5.5.4 syntax: MAIL FROM:<address>";
const NO_RECIPIENT: Refusal = "501 5.5.4 syntax: RCPT TO:<address>";
const NO_SIZE: Refusal = "501 5.5.4 SIZE is not a number";

/// Parses a line without its end.
pub(super) fn parse(line: &str) -> Result<Command, Refusal> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    let alone = |command| if rest.is_empty() { Ok(command) } else { Err(NO_ARGUMENT) };
    let named = |command| if rest.is_empty() { Err(NO_NAME) } else { Ok(command) };
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" => named(Command::Ehlo),
        "HELO" => named(Command::Helo),
        "MAIL" => parse_mail(rest),
        "RCPT" => parse_recipient(rest),
        "DATA" => alone(Command::Data),
        "RSET" => alone(Command::Rset),
        "NOOP" => Ok(Command::Noop),
        "QUIT" => alone(Command::Quit),
        "VRFY" => Ok(Command::Vrfy),
        _ => Err(UNKNOWN),
    }
}

fn parse_mail(rest: &str) -> Result<Command, Refusal> {
    let (from, parameters) = path(rest, "FROM:").ok_or(NO_SENDER)?;
    let size = parameters.split(' ').find_map(|parameter| after(parameter, "SIZE="));
    let size = size.map(str::parse).transpose().map_err(|_| NO_SIZE)?;
    Ok(Command::Mail { from, size })
}

fn parse_recipient(rest: &str) -> Result<Command, Refusal> {
    let (to, _) = path(rest, "TO:").filter(|(to, _)| !to.is_empty()).ok_or(NO_RECIPIENT)?;
    Ok(Command::Rcpt { to })
}

/// Splits `KEYWORD:<address> parameters`.
fn path<'line>(rest: &'line str, keyword: &str) -> Option<(String, &'line str)> {
    let rest = after(rest, keyword)?.trim_start().strip_prefix('<')?;
    let (address, parameters) = rest.split_once('>')?;
    Some((address.to_owned(), parameters.trim()))
}

/// What follows a keyword, in any case.
fn after<'line>(text: &'line str, keyword: &str) -> Option<&'line str> {
    let head = text.get(..keyword.len())?;
    head.eq_ignore_ascii_case(keyword).then(|| &text[keyword.len()..])
}

#[cfg(test)]
mod tests {
    use super::{Command, NO_RECIPIENT, NO_SIZE, UNKNOWN, parse};

    #[test]
    fn commands_are_read_in_any_case() {
        let from = |from: &str, size| Command::Mail { from: from.to_owned(), size };
        assert_eq!(parse("ehlo here"), Ok(Command::Ehlo));
        assert_eq!(parse("mail FROM:<a@b.example> size=12 BODY=8BITMIME"), Ok(from("a@b.example", Some(12))));
        assert_eq!(parse("MAIL From:<>"), Ok(from("", None)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(parse("RCPT TO:nobody"), Err(NO_RECIPIENT));
        assert_eq!(parse("MAIL FROM:<a@b.example> SIZE=much"), Err(NO_SIZE));
        assert_eq!(parse("TURN"), Err(UNKNOWN));
    }
}
