//! Times in words that hold wherever the reader is.

use kindred_eventsourcing::Timestamp;

use crate::model::Moment;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "3 hours ago", "2 days ago", later "14 November 2025".
#[must_use]
pub fn ago(moment: Moment, now: Timestamp) -> String {
    let seconds = (now.millis() - moment.millis()) / 1000;
    match seconds {
        ..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => some(seconds / MINUTE, "minute"),
        HOUR..DAY => some(seconds / HOUR, "hour"),
        _ if seconds < 7 * DAY => some(seconds / DAY, "day"),
        _ => format!("on {}", day(moment)),
    }
}

fn some(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// "14 November 2025".
#[must_use]
pub fn day(moment: Moment) -> String {
    let date = moment.date();
    format!("{} {} {}", date.day(), date.month(), date.year())
}

/// "14 November 2025, 22:13 UTC".
#[must_use]
pub fn whole(moment: Moment) -> String {
    let date = moment.date();
    format!("{}, {:02}:{:02} UTC", day(moment), date.hour(), date.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let then = Moment::of_wire(1_700_000_000_000).expect("not zero");
        let after = |seconds: i64| ago(then, Timestamp::from_millis(then.millis() + seconds * 1000));
        assert_eq!(after(-5), "just now");
        assert_eq!(after(60), "1 minute ago");
        assert_eq!(after(2 * HOUR + 5), "2 hours ago");
        assert_eq!(after(3 * DAY), "3 days ago");
        assert_eq!(after(30 * DAY), "on 14 November 2023");
        assert_eq!(whole(then), "14 November 2023, 22:13 UTC");
    }
}
