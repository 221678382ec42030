//! Puts a mail together: plain text, one language, nothing personal but the address.

use std::time::{Duration, SystemTime};

use kindred_eventsourcing::Timestamp;
use kindred_ids::{CommandId, DeliveryId, MemberId, TenantSlug};
use lettre::Message;
use lettre::message::header::ContentTransferEncoding::SevenBit;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox, MessageBuilder};

use super::words::Words;
use super::{Links, Mail, Recipient, Subscription, UnsubscribeKeys};
use crate::domain::notice::Kind;

/// Longer names of tenants are cut in subjects.
const LONGEST_TENANT_NAME: usize = 80;
/// Without its line break, as RFC 5322 allows.
const LONGEST_LINE: usize = 998;

/// Why a mail could not be put together.
#[derive(Debug, thiserror::Error)]
#[error("put a mail together")]
pub struct ComposeError(#[from] lettre::error::Error);

/// What a sign-in mail needs.
#[derive(Debug, Clone)]
pub struct SignInMail<'a> {
    /// Whose.
    pub tenant: &'a TenantSlug,
    /// Of which command: names the mail, so that a repeat can be told.
    pub command: CommandId,
    /// What signs them in.
    pub token: &'a str,
    /// How long it works.
    pub minutes: i64,
}

/// Puts mails together.
#[derive(Debug, Clone)]
pub struct Composer {
    from: Mailbox,
    links: Links,
    keys: UnsubscribeKeys,
}

impl Composer {
    /// Mails from `from`, with these links, signed with these keys.
    #[must_use]
    pub const fn new(from: Mailbox, links: Links, keys: UnsubscribeKeys) -> Self {
        Self { from, links, keys }
    }

    /// The keys, to verify what comes back.
    #[must_use]
    pub const fn keys(&self) -> &UnsubscribeKeys {
        &self.keys
    }

    /// The mail of a delivery.
    ///
    /// # Errors
    ///
    /// [`ComposeError`] if the mail library does not take a part.
    pub fn notice(
        &self,
        tenant: &TenantSlug,
        delivery: DeliveryId,
        member: MemberId,
        kind: Kind,
        to: &Recipient,
        at: Timestamp,
    ) -> Result<Mail, ComposeError> {
        let words = to.language.words();
        let token = self.keys.sign(&Subscription { tenant: tenant.clone(), member, kind });
        let unsubscribe = self.links.unsubscribe(tenant, &token);
        let text = notice_text(words, kind, &self.links.inbox(tenant), &unsubscribe);
        let subject = fill_tenant(words.something_new, &to.tenant_name);
        let builder = self
            .builder(&format!("delivery.{delivery}"), to, at)
            .subject(subject)
            .raw_header(raw("List-Unsubscribe", format!("<{unsubscribe}>")))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        finish(builder, text)
    }

    /// The mail with a sign-in link.
    ///
    /// # Errors
    ///
    /// [`ComposeError`] if the mail library does not take a part.
    pub fn sign_in(&self, mail: &SignInMail<'_>, to: &Recipient, at: Timestamp) -> Result<Mail, ComposeError> {
        let words = to.language.words();
        let link = self.links.sign_in(mail.tenant, mail.token);
        let valid = words.sign_in.replace("{minutes}", &mail.minutes.to_string());
        let text = format!("{}\n\n{valid}\n{link}\n\n{}\n", words.hello, words.not_you);
        let subject = fill_tenant(words.sign_in_subject, &to.tenant_name);
        finish(self.builder(&format!("sign-in.{}", mail.command), to, at).subject(subject), text)
    }

    fn builder(&self, id: &str, to: &Recipient, at: Timestamp) -> MessageBuilder {
        let since = Duration::from_millis(u64::try_from(at.millis()).unwrap_or_default());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.address.clone()))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + since)
            .raw_header(raw("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(raw("Content-Language", to.language.tag().to_owned()))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
    }
}

fn notice_text(words: &Words, kind: Kind, inbox: &str, unsubscribe: &str) -> String {
    let Words { hello, read_it, stop_these, .. } = words;
    format!("{hello}\n\n{}\n\n{read_it}\n{inbox}\n\n{stop_these}\n{unsubscribe}\n", words.sentence(kind))
}

fn finish(builder: MessageBuilder, text: String) -> Result<Mail, ComposeError> {
    Ok(Mail(builder.body(body(text))?))
}

/// English text leaves as it is, so that a link stays whole also where a mail is read as a
/// file; quoted-printable, which the library prefers for its long lines, breaks it.
fn body(text: String) -> Body {
    if text.is_ascii() && text.lines().all(|line| line.len() <= LONGEST_LINE) {
        return Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), SevenBit);
    }
    Body::new(text)
}

/// A header that a person can not write into: values are ours or signed.
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// A tenant's name is an operator's text: it stays one line and short.
fn fill_tenant(template: &str, name: &str) -> String {
    let plain = name.chars().map(|character| if character.is_control() { ' ' } else { character });
    template.replace("{tenant}", plain.take(LONGEST_TENANT_NAME).collect::<String>().trim())
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;
    use crate::domain::identity::delivery_id;
    use crate::domain::notice::Channel;
    use crate::testing::{at, composer, event, member, tenant};

    fn recipient(language: Language, tenant_name: &str) -> Recipient {
        Recipient::try_new("ann@mail.example", language, tenant_name.to_owned()).expect("an address")
    }

    fn mail(kind: Kind, to: &Recipient) -> String {
        let tenant = tenant("riverside");
        let id = delivery_id(&tenant, event(1), member(1), Channel::Email);
        let mail = composer().notice(&tenant, id, member(1), kind, to, at(0)).expect("a mail");
        String::from_utf8(mail.formatted()).expect("text")
    }

    #[test]
    fn a_notice_has_every_header_that_it_needs_and_no_more() {
        let mail = mail(Kind::Reply, &recipient(Language::English, "Riverside"));
        let (head, body) = mail.split_once("\r\n\r\n").expect("a body");
        let mut names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| line.split_once(':').map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        let expected = [
            "Auto-Submitted",
            "Content-Language",
            "Content-Transfer-Encoding",
            "Content-Type",
            "Date",
            "From",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
        ];
        assert_eq!(names, expected);
        assert!(head.contains("Subject: Something new for you at Riverside\r\n"), "{head}");
        assert!(head.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{head}");
        assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{head}");
        assert!(head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"), "{head}");
        assert!(head.contains("Content-Transfer-Encoding: 7bit\r\n") || head.ends_with("7bit"), "{head}");
        assert!(body.contains("\r\nhttps://kindred.example/unsubscribe?token=v1.riverside."), "{body}");
        assert!(body.contains("somebody replied to you.") && body.contains("https://kindred.example/inbox"), "{body}");
    }

    #[test]
    fn one_delivery_has_one_message_id() {
        let id = |mail: String| {
            mail.lines().find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned)).expect("an id")
        };
        let first = id(mail(Kind::Reply, &recipient(Language::English, "Riverside")));
        assert_eq!(first, id(mail(Kind::Reply, &recipient(Language::German, "Lakeside"))));
        assert!(first.starts_with("<delivery.") && first.ends_with("@kindred.example>"), "{first}");
    }

    #[test]
    fn every_kind_has_a_sentence_in_every_language() {
        let mut seen = std::collections::HashSet::new();
        for language in Language::ALL {
            for kind in Kind::ALL {
                assert!(seen.insert(language.words().sentence(kind)), "{kind:?} in {language:?}");
            }
        }
    }

    #[test]
    fn a_tenants_name_cannot_add_a_header_or_a_line() {
        let hostile = recipient(Language::English, "River\r\nBcc: eve@evil.example\r\n\r\nhello");
        let mail = mail(Kind::Reply, &hostile);
        assert!(!mail.contains("\r\nBcc:"), "{mail}");
        let (head, _) = mail.split_once("\r\n\r\n").expect("a body");
        assert!(head.contains("Subject: Something new for you at River  Bcc: eve@evil.example"), "{head}");
    }

    #[test]
    fn a_sign_in_mail_holds_the_link_and_cannot_be_unsubscribed_from() {
        let tenant = tenant("riverside");
        let command = CommandId::derived(&[b"one"]);
        let token = format!("riverside.{}", "a".repeat(100));
        let sign_in = SignInMail { tenant: &tenant, command, token: &token, minutes: 15 };
        let mail = composer().sign_in(&sign_in, &recipient(Language::English, "Riverside"), at(0)).expect("a mail");
        let mail = String::from_utf8(mail.formatted()).expect("text");
        assert!(mail.contains(&format!("\r\nhttps://kindred.example/sign-in?token={token}\r\n")), "{mail}");
        assert!(mail.contains("within 15 minutes"), "{mail}");
        assert!(!mail.contains("List-Unsubscribe"), "{mail}");
    }
}
