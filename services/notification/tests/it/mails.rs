//! What stands in mails, and what never does.

use kindred_embedded::Mail as Received;
use kindred_notification::mail::Language;
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_server::Notifications as _;
use kindred_service_kit::error::ApiError;
use tonic::Request;

use crate::support::events::CANARIES;
use crate::support::{PATIENCE, Town, address, community, member, thread};

/// A mail as its reader sees it: headers unfolded and body decoded.
fn read(mail: &Received) -> (Vec<(String, String)>, String) {
    let text = String::from_utf8(mail.raw.clone()).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("a body");
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let headers: Vec<(String, String)> = unfolded
        .split("\r\n")
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let encoding = header(&headers, "Content-Transfer-Encoding").to_owned();
    let body = match encoding.as_str() {
        "quoted-printable" => quoted_printable(body),
        "7bit" => body.to_owned(),
        other => panic!("mails are text that can be read: {other}"),
    };
    (headers, body)
}

fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'=' {
            let digits = std::str::from_utf8(&after[..2]).expect("digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    &headers.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no header {name}")).1
}

async fn sent(town: &Town, count: usize) -> Vec<Received> {
    let worker = town.worker(1);
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stop).await }
    });
    let mails = town.sink.wait_for(count, PATIENCE, |_| true).await;
    stop.cancel();
    running.await.unwrap();
    mails
}

/// Every kind of mail, to readers of every language.
async fn everything(town: &Town) -> Vec<Received> {
    town.addresses.speaks(member(2), Language::German);
    town.addresses.speaks(member(3), Language::Spanish);
    let mail_of_joins = wire::SetPreferenceRequest {
        command_id: town.command().to_string(),
        preference: Some(wire::Preference {
            kind: wire::NotificationKind::JoinDecided.into(),
            channel: wire::Channel::Email.into(),
            on: true,
        }),
    };
    town.service.set_preference(town.request(member(4), None, mail_of_joins)).await.unwrap();
    town.start_thread(1, member(1), &[member(2)]).await;
    town.reply(1, member(1), member(3), &[member(2)]).await;
    town.reply(2, member(3), member(1), &[]).await;
    let asked = town.ask(1, member(1), member(3)).await;
    town.answer(asked, member(1), member(3), "IntroductionAccepted").await;
    let refused = town.ask(2, member(2), member(4)).await;
    town.answer(refused, member(2), member(4), "IntroductionDeclined").await;
    town.pair(1, member(1), member(2), "PairingAccepted").await;
    town.pair(2, member(3), member(1), "PairingDeclined").await;
    town.decide_join(1, member(4), member(1), true).await;
    town.decide_join(2, member(3), member(1), false).await;
    let mails = sent(town, 11).await;
    town.settled().await;
    mails
}

#[tokio::test]
async fn no_mail_holds_a_condition_a_name_a_place_or_a_word_of_anybody() {
    let town = Town::open().await;
    let mails = everything(&town).await;
    assert_eq!(mails.len(), 11, "{mails:?}");
    let ids = [community().to_string(), thread(1).to_string()];
    for mail in &mails {
        let (headers, body) = read(mail);
        let whole = format!("{}\n{headers:?}\n{body}", String::from_utf8_lossy(&mail.raw)).to_lowercase();
        for canary in CANARIES.iter().copied().chain(["canary", "diabetes", "declined"]) {
            assert!(!whole.contains(&canary.to_lowercase()), "`{canary}` in {whole}");
        }
        let own = header(&headers, "To").split('@').next().unwrap().to_owned();
        for other in (1..5).map(|number| member(number).to_string()).filter(|id| *id != own).chain(ids.clone()) {
            assert!(!whole.contains(&other), "{other} in {whole}");
        }
    }
}

#[tokio::test]
async fn a_mail_is_plain_text_in_its_readers_language() {
    let town = Town::open().await;
    let mails = everything(&town).await;
    let to = |number| {
        let address = address(member(number));
        let mails: Vec<_> = mails.iter().filter(|mail| mail.to == [address.clone()]).map(read).collect();
        assert!(!mails.is_empty());
        mails
    };
    for (number, language, hello) in [(1, "en", "Hello,"), (2, "de", "Guten Tag,"), (3, "es", "Hola:")] {
        for (headers, body) in to(number) {
            assert_eq!(header(&headers, "Content-Type"), "text/plain; charset=utf-8");
            assert_eq!(header(&headers, "Content-Language"), language);
            assert_eq!(header(&headers, "Auto-Submitted"), "auto-generated");
            assert!(body.starts_with(hello), "{body}");
            assert!(body.contains("\r\nhttps://kindred.example/inbox\r\n"), "{body}");
        }
    }
    assert_eq!(header(&to(1)[0].0, "Subject"), "Something new for you at The riverside practice");
}

#[tokio::test]
async fn the_link_in_a_mail_turns_off_its_own_kind_for_its_own_reader() {
    let town = Town::open().await;
    town.reply(1, member(1), member(2), &[]).await;
    let (headers, body) = read(&sent(&town, 1).await.remove(0));
    assert_eq!(header(&headers, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let link = header(&headers, "List-Unsubscribe").trim_start_matches('<').trim_end_matches('>').to_owned();
    assert!(body.contains(&link), "{body}");
    let token = link.strip_prefix("https://kindred.example/unsubscribe?token=").expect("our link").to_owned();
    let unsubscribe = |token: String| town.service.unsubscribe(Request::new(wire::UnsubscribeRequest { token }));
    let kind = unsubscribe(token.clone()).await.unwrap().into_inner().kind();
    assert_eq!(kind, wire::NotificationKind::Reply);
    let off = |number| {
        let town = &town;
        async move {
            let request = town.request(member(number), None, wire::GetPreferencesRequest {});
            let preferences = town.service.get_preferences(request).await.unwrap().into_inner().preferences;
            preferences.iter().filter(|preference| !preference.on).map(|it| (it.kind, it.channel)).collect::<Vec<_>>()
        }
    };
    // The last is off for everybody.
    assert_eq!((off(1).await, off(2).await), (vec![(1, 2), (5, 2)], vec![(5, 2)]));
    for (bad, reason) in [
        (token.replace(&member(1).to_string(), &member(2).to_string()), "TOKEN_BAD_SIGNATURE"),
        (token.replace("riverside", "lakeside"), "TOKEN_BAD_SIGNATURE"),
        (token.replace("reply", "mention"), "TOKEN_BAD_SIGNATURE"),
        (token.replace("reply", "everything"), "TOKEN_MALFORMED"),
        (token[..60].to_owned(), "TOKEN_MALFORMED"),
        (String::new(), "TOKEN_MALFORMED"),
    ] {
        let refused = ApiError::from(unsubscribe(bad).await.expect_err("not signed"));
        assert_eq!((refused.reason(), refused.field()), (reason, Some("token")));
    }
    assert_eq!(off(2).await, [(5, 2)]);
    town.reply(2, member(1), member(2), &[]).await;
    town.settled().await;
    assert_eq!(town.count("deliveries_v1 WHERE state = 'cancelled' AND last_code = 'turned_off'").await, 1);
}
