//! What the style sheets within an SVG file cost: every selector is tried at every element.

use super::super::ImageError;
use resvg::usvg::roxmltree::Document;

/// Tries of a selector at an element. About a quarter of a second's work.
const TRIES: u64 = 4_000_000;

/// Refuses rules that take too long to be tried at so many elements, at most `depth` within each other.
pub(super) fn check(
    document: &Document<'_>,
    elements: u64,
    depth: usize,
) -> Result<(), ImageError> {
    let sheets = document.descendants().filter(|node| node.tag_name().name() == "style");
    let texts = sheets.flat_map(|sheet| sheet.children().filter_map(|child| child.text()));
    let tries = texts.map(|text| tries(text, depth as u64)).fold(0, u64::saturating_add);
    match tries.saturating_mul(elements) {
        ..=TRIES => Ok(()),
        _ => Err(ImageError::TooComplex { what: "style rules" }),
    }
}

/// Steps that the sheet's selectors take at one element. Each space in a selector is a walk up to the root for every step of
/// what stands before it.
fn tries(sheet: &str, depth: u64) -> u64 {
    let pieces = sheet.split_inclusive(['{', '}']).filter_map(|piece| piece.strip_suffix('{'));
    let selectors = pieces.flat_map(|prelude| prelude.split(','));
    let steps = selectors.map(|selector| {
        let selector = selector.replace("/*", " ");
        let parts = selector.split_whitespace().filter(|part| !matches!(*part, ">" | "+" | "~"));
        let walks = u32::try_from(parts.count().saturating_sub(1)).unwrap_or(u32::MAX);
        depth.max(1).saturating_pow(walks)
    });
    steps.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_selector_is_a_try_and_each_space_a_walk() {
        assert_eq!(tries(".cls-1{fill:red}.cls-2,.cls-3{fill:blue}", 4), 3);
        assert_eq!(tries("g > rect{} g rect{} svg g rect{}", 4), 4 + 4 + 16);
        assert_eq!(tries("@media print{a{}b{}}", 1), 3);
        assert_eq!(tries("", 4), 0);
    }

    #[test]
    fn a_drawing_programs_sheet_passes_and_a_hostile_one_does_not() {
        let svg = |rules: &str, shapes: usize| {
            let shapes = "<rect/>".repeat(shapes);
            format!("<svg xmlns='http://www.w3.org/2000/svg'><style>{rules}</style>{shapes}</svg>")
        };
        let check =
            |text: &str| super::super::expansion::check_elements(&Document::parse(text).unwrap());
        let usual: String = (0..100).map(|nth| format!(".cls-{nth}{{fill:#123456}}")).collect();
        assert_eq!(check(&svg(&usual, 5_000)), Ok(()));
        let complex = Err(ImageError::TooComplex { what: "style rules" });
        assert_eq!(check(&svg(&"rect{fill:red}".repeat(20_000), 2_000)), complex);
        let nested = "<g>".repeat(100) + "<rect/>" + &"</g>".repeat(100);
        let walking = format!("<svg><style>g g g g g rect{{fill:red}}</style>{nested}</svg>");
        assert_eq!(check(&walking), complex);
    }
}
