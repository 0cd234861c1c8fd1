//! Which `@media` rules hold for paper.

use super::value::{Length, length};

/// The paper, for media queries.
#[derive(Debug, Clone, Copy)]
pub(in crate::html) struct Media {
    /// Printable width in CSS pixels.
    pub(in crate::html) width: f32,
}

impl Media {
    /// Whether a list of media queries is true for the paper.
    pub(in crate::html) fn matches(&self, queries: &str) -> bool {
        let queries = queries.trim().to_ascii_lowercase();
        queries.is_empty() || queries.split(',').any(|query| self.query(query))
    }

    fn query(&self, query: &str) -> bool {
        let query = query.trim();
        match query.strip_prefix("not ") {
            Some(rest) => !self.all(rest),
            None => self.all(query.strip_prefix("only ").unwrap_or(query)),
        }
    }

    fn all(&self, query: &str) -> bool {
        query.split(" and ").all(|part| match part.trim() {
            "print" | "all" => true,
            feature => self.feature(feature),
        })
    }

    /// Features that are not known do not hold.
    fn feature(&self, feature: &str) -> bool {
        let inside = feature.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let Some((name, value)) = inside.and_then(|inside| inside.split_once(':')) else {
            return false;
        };
        let pixels = match length(value.trim()) {
            Some(Length::Pixels(pixels)) => Some(pixels),
            Some(Length::Em(times) | Length::Rem(times)) => Some(times * 16.0),
            _ => None,
        };
        match (name.trim(), pixels) {
            ("max-width", Some(pixels)) => self.width <= pixels,
            ("min-width", Some(pixels)) => self.width >= pixels,
            ("orientation", _) => value.trim() == "portrait",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_is_print_and_narrow() {
        let paper = Media { width: 272.0 };
        for yes in [
            "",
            "print",
            "only print",
            "all",
            "screen, print",
            "not screen",
            "print and (max-width: 80mm)",
            "(max-width:600px)",
            "ALL AND (Orientation: Portrait)",
        ] {
            assert!(paper.matches(yes), "{yes}");
        }
        for no in [
            "screen",
            "not print",
            "(min-width: 768px)",
            "print and (min-width: 10in)",
            "(prefers-color-scheme: dark)",
            "speech",
            "()",
            "(",
            "print and",
        ] {
            assert!(!paper.matches(no), "{no}");
        }
    }
}
