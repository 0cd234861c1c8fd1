//! Where CSS's pieces begin and end. Strings, parentheses and nested braces are stepped over.

use std::borrow::Cow;

/// A style sheet's text without comments.
pub(super) fn without_comments(css: &str) -> Cow<'_, str> {
    if !css.contains("/*") {
        return Cow::Borrowed(css);
    }
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        out.push(' ');
        let behind = &rest[at + 2..];
        rest = behind.find("*/").map_or("", |end| &behind[end + 2..]);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A statement of a style sheet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Statement<'a> {
    /// `prelude { body }`
    Block { prelude: &'a str, body: &'a str },
    /// `@import …;`
    Line(&'a str),
}

/// The next statement, and what is behind it.
pub(super) fn statement(css: &str) -> Option<(Statement<'_>, &str)> {
    let css = css.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | '}'));
    let css = css.strip_prefix("<!--").or_else(|| css.strip_prefix("-->")).unwrap_or(css);
    if css.trim_start().is_empty() {
        return None;
    }
    let at_rule = css.starts_with('@');
    let end = until(css, |byte| byte == b'{' || (byte == b';' && at_rule));
    let (prelude, rest) = css.split_at(end);
    if !rest.starts_with('{') {
        return Some((Statement::Line(prelude.trim()), rest.get(1..).unwrap_or_default()));
    }
    let inside = &rest[1..];
    let end = until(inside, |byte| byte == b'}');
    let rest = inside.get(end + 1..).unwrap_or_default();
    Some((Statement::Block { prelude: prelude.trim(), body: &inside[..end] }, rest))
}

/// Splits at a separator that stands outside of strings, parentheses, brackets and braces.
pub(super) fn split(css: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(css);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = until(text, |byte| byte == separator);
        rest = text.get(end + 1..);
        Some(text[..end].trim())
    })
}

/// The place of the first ASCII byte that `wanted` takes, outside of strings, parentheses, brackets and braces; else the end.
fn until(css: &str, wanted: impl Fn(u8) -> bool) -> usize {
    let bytes = css.as_bytes();
    let mut at = 0;
    let mut depth = 0usize;
    while let Some(&byte) = bytes.get(at) {
        if depth == 0 && wanted(byte) {
            return at;
        }
        match byte {
            b'\\' => at += 1,
            b'"' | b'\'' => at += string(&bytes[at + 1..], byte),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Bytes of a string with its closing quote. A line end ends a string that was not closed.
fn string(bytes: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_falls_into_statements() {
        let css = without_comments(
            "@import 'a;b'; /* x{} */ p, .a { color: red; background: url(data:a;b}) } @media print { i { top: 1 } } q",
        );
        let (first, rest) = statement(&css).unwrap();
        assert_eq!(first, Statement::Line("@import 'a;b'"));
        let (second, rest) = statement(rest).unwrap();
        let Statement::Block { prelude: "p, .a", body } = second else { panic!("{second:?}") };
        assert_eq!(
            split(body, b';').collect::<Vec<_>>(),
            ["color: red", "background: url(data:a;b})"]
        );
        let (third, rest) = statement(rest).unwrap();
        assert_eq!(third, Statement::Block { prelude: "@media print", body: " i { top: 1 } " });
        assert_eq!(statement(rest), Some((Statement::Line("q"), "")));
        assert_eq!(statement(" ;} "), None);
    }

    #[test]
    fn broken_sheets_end() {
        for css in [
            "{", "}", "a{", "a{\"", "a{'\\", "\\", "@", "a{b:c", "a{{{{", ")))", "(((", "é{ü",
            "/*", "a\\",
        ] {
            let css = without_comments(css);
            let mut rest: &str = &css;
            let mut count = 0;
            while let Some((_, behind)) = statement(rest) {
                assert!(behind.len() < rest.len());
                rest = behind;
                count += 1;
            }
            assert!(count < 5);
        }
    }
}
