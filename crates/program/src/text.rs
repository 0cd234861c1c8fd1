//! Texts that came from elsewhere.

/// A text that came from elsewhere, on one line, without control characters, and of so many characters at most.
pub fn one_line(text: &str, most: usize) -> String {
    let mut line: String =
        text.chars().take(most).map(|c| if c.is_control() { '·' } else { c }).collect();
    if text.chars().count() > most {
        line.push('…');
    }
    line
}
