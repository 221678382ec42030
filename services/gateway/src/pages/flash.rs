//! What was just done, in words. The address names it, so nothing has to be kept.

/// The sentence for a word in the address; unknown words say nothing.
#[must_use]
pub fn words(done: &str) -> Option<&'static str> {
    Some(match done {
        "joined" => "Welcome. You are a member now, and can read and write.",
        "asked-to-join" => {
            "You asked to join. Somebody who looks after this community will answer; you will find it in your inbox."
        }
        "left" => "You left this community. What you wrote there stays; you can join again.",
        "posted" => "Your post is there.",
        "replied" => "Your reply is there.",
        "edited" => "Your change is there. Others can see that you changed it.",
        "taken-out" => "The post was taken out.",
        "written" => "Your message is there.",
        "message-out" => "Your message was taken out.",
        "left-conversation" => "You left the conversation. To come back, write to them from your introductions.",
        "asked" => "You asked to meet. They learn of you now; you will find their answer here if they accept.",
        "accepted" => "You accepted. They are told now.",
        "declined" => "You said no. They are not told.",
        "withdrawn" => "You took your question back.",
        "mentor-asked" => "You asked. They learn of you now; you will find their answer here if they say yes.",
        "paired" => "You said yes. You are paired now, and they are told.",
        "checked-in" => "Your words are there for them.",
        "pairing-ended" => "It has ended. They see that it did, and not why.",
        "mentor-enrolled" => {
            "Your offer is saved. Members find it while your training is confirmed and a place is free."
        }
        "mentor-paused" => "You take nobody new until you go on. Who is paired with you stays so.",
        "mentor-resumed" => "You take people again.",
        "mentor-left" => "You are no mentor any more. Pairings go on until one of you ends them.",
        "mentor-wait" => "You wait for a mentor now. We ask mentors for you, and tell you as soon as one says yes.",
        "mentor-wait-over" => "You do not wait for a mentor any more.",
        "mentor-round" => "The round has begun. What comes of it stands below in a moment.",
        "training-confirmed" => "Their training is confirmed. Members can find them now.",
        "profile" => "Your profile is saved.",
        "matching-on" => "You can be found by people like you now, and find them.",
        "matching-off" => "You are in nobody’s results any more.",
        "told" => "Your choice is saved.",
        "blocked" => "You do not meet each other any more. They are not told.",
        "unblocked" => "You can meet each other again.",
        "decided" => "Your decision is saved. They are told now.",
        "suspended" => "They cannot read or write here until you let them back.",
        "reinstated" => "They can take part again.",
        "role" => "Their part in this community is changed.",
        "invited" => "They are invited and find it in their inbox.",
        "registered" => "They are a member now, and can sign in by mail.",
        "community" => "The community is there.",
        "changed" => "The change is saved.",
        "tenant" => "The organization is there.",
        "erasure" => "The erasure has begun.",
        "read" => "Marked as read.",
        "signed-out" => "You are signed out.",
        _ => return None,
    })
}
