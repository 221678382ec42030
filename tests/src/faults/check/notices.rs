//! Who must be told of what, by the logs of posting and matching, and who was, by the log
//! of notification: the same, once each.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use kindred_eventsourcing::RecordedCommit;
use kindred_proto::{matching, notification, posting};
use prost::Message as _;

/// An event and a person.
type Notice = (String, String);

/// Notices that must be and that are.
#[derive(Debug, Default)]
pub struct Notices {
    wanted: BTreeSet<Notice>,
    told: BTreeMap<Notice, u32>,
    /// Items in each person's inbox.
    inboxes: BTreeMap<String, usize>,
}

impl Notices {
    /// Takes a commit in.
    pub fn take(&mut self, context: &str, commit: &RecordedCommit) -> anyhow::Result<()> {
        for (index, record) in commit.records.iter().enumerate() {
            let event = commit.event_id(index).simple().to_string();
            match (context, record.event_type.as_str()) {
                ("posting", "CommentPosted") => {
                    let posted = posting::CommentPosted::decode(record.data.clone())?;
                    if posted.thread_author_id != posted.author_id {
                        self.wanted.insert((event, posted.thread_author_id));
                    }
                }
                ("matching", "IntroductionRequested") => {
                    let asked = matching::IntroductionRequested::decode(record.data.clone())?;
                    self.wanted.insert((event, asked.to_member_id));
                }
                ("matching", "IntroductionAccepted") => {
                    let accepted = matching::IntroductionAccepted::decode(record.data.clone())?;
                    self.wanted.insert((event, accepted.from_member_id));
                }
                ("notification", "InboxItemAdded") => {
                    let added = notification::InboxItemAdded::decode(record.data.clone())?;
                    *self.inboxes.entry(added.member_id.clone()).or_default() += 1;
                    *self.told.entry((added.source_event_id, added.member_id)).or_default() += 1;
                }
                ("notification", "InboxItemSuppressed") => {
                    let kept = notification::InboxItemSuppressed::decode(record.data.clone())?;
                    *self.told.entry((kept.source_event_id, kept.member_id)).or_default() += 1;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// How many people were told of something.
    pub fn count(&self) -> usize {
        self.told.len()
    }

    /// How many items a person's inbox has.
    pub fn inbox(&self, member: &str) -> usize {
        self.inboxes.get(member).copied().unwrap_or_default()
    }

    /// Some that must be and are not.
    pub fn missing(&self) -> Option<String> {
        let missing: Vec<&Notice> = self.wanted.iter().filter(|notice| !self.told.contains_key(*notice)).collect();
        let some = missing.iter().take(3).map(|(event, member)| format!("{member} of {event}"));
        let some = some.collect::<Vec<_>>().join(", ");
        (!missing.is_empty()).then(|| format!("{} notices, such as {some}", missing.len()))
    }

    /// Nobody is told twice, or of what does not concern them.
    pub fn none_too_many(&self) -> anyhow::Result<()> {
        for (notice, count) in &self.told {
            let (event, member) = notice;
            ensure!(*count == 1, "{member} was told {count} times of {event}");
            ensure!(self.wanted.contains(notice), "{member} was told of {event}, which does not concern them");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_double_and_needless_notices_are_seen() {
        let notice = |event: &str| (event.to_owned(), "ada".to_owned());
        let mut notices = Notices::default();
        notices.wanted.insert(notice("one"));
        assert!(notices.missing().is_some_and(|text| text.starts_with("1 notices")));
        notices.told.insert(notice("one"), 1);
        assert!(notices.missing().is_none() && notices.none_too_many().is_ok());
        notices.told.insert(notice("one"), 2);
        assert!(notices.none_too_many().is_err());
        notices.told.insert(notice("one"), 1);
        notices.told.insert(notice("two"), 1);
        assert!(notices.none_too_many().is_err());
    }
}
