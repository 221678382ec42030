//! Reads HTML as a browser does and looks for what would run.

/// The first element or attribute that could run something of somebody else's. The one
/// script of ours does not count.
pub fn what_runs(html: &str) -> Option<String> {
    let mut at = 0;
    while let Some(open) = html[at..].find('<') {
        let start = at + open;
        let tag = tag_at(&html[start..]);
        if !tag.starts_with("<script src=\"/assets/live.js?") && active(tag) {
            return Some(tag.to_owned());
        }
        at = start + tag.len().max(1);
    }
    None
}

/// A tag with its attributes, quotes respected.
fn tag_at(text: &str) -> &str {
    let mut quote = None;
    for (index, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None, '>') => return &text[..=index],
            _ => {}
        }
    }
    text
}

const BANNED: [&str; 16] = [
    "script",
    "iframe",
    "object",
    "embed",
    "img",
    "style",
    "base",
    "math",
    "video",
    "audio",
    "frame",
    "template",
    "marquee",
    "noscript",
    "plaintext",
    "applet",
];
const SCHEMES: [&str; 4] = ["=\"javascript:", "=\"data:", "=\"vbscript:", "=\"blob:"];

fn active(tag: &str) -> bool {
    let lower = tag.to_lowercase();
    let name: String = lower[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let outside: String = lower.split('"').step_by(2).collect();
    let handler = outside.split_whitespace().skip(1).any(|word| word.starts_with("on") && word.contains('='));
    let scheme = ["href", "src", "action"]
        .iter()
        .any(|attribute| SCHEMES.iter().any(|scheme| lower.contains(&format!(" {attribute}{scheme}"))));
    BANNED.contains(&name.as_str()) || handler || outside.contains(" style=") || scheme
}

#[test]
fn what_runs_is_seen_and_text_is_not() {
    for runs in ["<p><script>", "<a href=\"javascript:x\">", "<b onclick=\"x\">", "<p style=\"x\">", "<IMG src=x>"] {
        assert!(what_runs(runs).is_some(), "{runs}");
    }
    for text in ["<p>&lt;script&gt; onclick=1 javascript:x</p>", "<a href=\"https://a.example?x=javascript:\">x</a>"] {
        assert_eq!(what_runs(text), None, "{text}");
    }
}
