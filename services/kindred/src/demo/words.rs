//! What the people of the demo say; written for Kindred.

/// A thread and its replies: who (index into the community's speakers), and the words.
pub(super) struct Talk {
    pub community: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    pub replies: &'static [&'static str],
}

pub(super) const TALKS: &[Talk] = &[
    Talk {
        community: "thyroid",
        title: "Tired at work: what do you tell people?",
        text: "My team is kind, but they see me leave at four and I never know what to say. I do not want to explain my whole chart. How do you put it, in one sentence?",
        replies: &[
            "I say: my energy runs on a timer, mornings are my best work. Nobody ever asked further, and it is true.",
            "I asked for two quiet hours after lunch instead of leaving early. It took me a year to dare to ask, and five minutes to get it.",
            "For me it helped to tell one person properly. She covers for me on bad days and the rest do not need to know.",
            "Whatever you choose, decide it before the bad day comes. On a bad day I say too much.",
        ],
    },
    Talk {
        community: "thyroid",
        title: "The first three months after the diagnosis",
        text: "I was told in spring and I still read everything at night. What would you have wanted to know in your first three months?",
        replies: &[
            "That writing down one good hour a day helps more than writing down the bad ones. Small, but I could see the week change.",
            "That the dose takes time, and that the waiting is not you doing something wrong.",
            "Bring a list to the appointment. Three lines. I always forgot the one thing I came for.",
        ],
    },
    Talk {
        community: "thyroid",
        title: "Cold hands in meetings",
        text: "A small one, to cheer us up: what is your best trick for cold hands when everybody else has the window open?",
        replies: &[
            "A mug of hot water. It looks like tea and nobody takes it away.",
            "I knit under the table. Both hands busy, both hands warm.",
        ],
    },
    Talk {
        community: "diabetes",
        title: "Eating with the family without a second menu",
        text: "We are five at the table and I do not want to cook twice. What do you cook that everybody eats?",
        replies: &[
            "Big pan of vegetables with something on top. The children take more of the top, I take more of the pan.",
            "Lentil soup on Mondays. It has become a thing, the neighbors come now.",
            "I put the bread on the far end. It sounds silly and it works.",
        ],
    },
    Talk {
        community: "diabetes",
        title: "Walking after dinner, who is in?",
        text: "Twenty minutes after dinner does more for my numbers than anything else this year. I keep at it only when somebody waits for me. Who wants to be waited for?",
        replies: &["Me, on Tuesdays and Thursdays. I live near the park.", "I am in if slow is allowed."],
    },
    Talk {
        community: "heart",
        title: "Measuring at home without worrying all day",
        text: "I measured eleven times yesterday and every number made the next one worse. How do you keep it to what the practice asked for?",
        replies: &[
            "Twice in the morning, then the cuff goes into the cupboard. Out of sight is half the cure.",
            "I write the number down and do not look at yesterday's until Sunday.",
        ],
    },
    Talk {
        community: "wellness",
        title: "A slow group for Saturday mornings",
        text: "I would like to start walking on Saturday mornings, slowly, with time to talk. Starting at the library, one hour, back for coffee.",
        replies: &[
            "Count me in. I have been looking for exactly the word slowly.",
            "Can I bring the dog? He is slow as well.",
            "I can come every second week. Thank you for starting this.",
        ],
    },
    Talk {
        community: "wellness",
        title: "Sleeping better without screens",
        text: "I have put the phone into the kitchen for a week. Two nights were good. What else has helped you?",
        replies: &[
            "A paper book that is a little boring. I am on page 40 since March.",
            "Same time every morning, also on Sundays. I hated it and it works.",
        ],
    },
    Talk {
        community: "healthit",
        title: "Which question brought people to your session?",
        text: "We all have ten minutes on stage and an empty room to fill. What did you write in the programme that made people come?",
        replies: &[
            "A number from our own failure. People come to see how somebody else got out.",
            "We named who should not come. Attendance doubled.",
        ],
    },
];

/// Interests that people of a community share, by turns.
pub(super) const INTERESTS: [&str; 8] =
    ["walking", "sleep", "cooking", "gardening", "swimming", "talking about work", "reading", "singing"];
