//! Text that others wrote and people decide by: a recipient's name, what it says that it wants the data for.
//!
//! Escaping keeps such text from being markup; it does not keep `moc.live` from being shown as `evil.com`. So what makes text look
//! like other text than it is, is refused where it comes in (L13, M13).

/// Whether the text has at most so many characters, and each of them shows, or is a space.
pub fn is_readable(text: &str, most: usize) -> bool {
    text.chars().take(most.saturating_add(1)).count() <= most && !text.chars().any(hides)
}

/// Control characters, and those that take no place themselves and change what stands beside them: marks that turn the direction
/// of writing (UAX 9), separators of lines, spaces of no width, tags. Joiners stay, since scripts and emoji need them.
fn hides(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l13_m13_text_that_shows_as_other_text_is_refused() {
        for text in [
            "Budget\u{202e}knaB",
            "Bud\u{200b}get",
            "\u{2066}Bank\u{2069}",
            "a\u{2028}b",
            "a\nb",
            "a\u{0}",
            "\u{feff}Budget",
            "Budget\u{e0041}",
        ] {
            assert!(!is_readable(text, 256), "{}", text.escape_unicode());
        }
        for text in [
            "Budget Buddy",
            "Sparkasse Köln",
            "家計簿",
            "دفتر الميزانية",
            "👩\u{200d}💻 Budget",
            "می\u{200c}خواهم",
        ] {
            assert!(is_readable(text, 256), "{text}");
        }
        assert!(is_readable("", 0) && is_readable("éé", 2) && !is_readable("ééé", 2));
    }
}
