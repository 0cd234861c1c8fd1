//! What the style sheets within an SVG file cost: every selector is tried at every element.

use super::super::ImageError;
use resvg::usvg::roxmltree::Document;

/// Selectors of a file: its reader sorts them in, each beside all before it. Drawing programs write one for each kind of shape.
const SELECTORS: usize = 1_000;
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
    let steps: Vec<u64> =
        texts.flat_map(|text| steps(text, depth as u64)).take(SELECTORS + 1).collect();
    let tries = steps.iter().fold(0_u64, |sum, steps| sum.saturating_add(*steps));
    if steps.len() > SELECTORS || tries.saturating_mul(elements) > TRIES {
        return Err(ImageError::TooComplex { what: "style rules" });
    }
    Ok(())
}

/// Steps that each of the sheet's selectors takes at one element. Each space in a selector is a walk up to the root for every step of
/// what stands before it.
fn steps(sheet: &str, depth: u64) -> impl Iterator<Item = u64> {
    let pieces = sheet.split_inclusive(['{', '}']).filter_map(|piece| piece.strip_suffix('{'));
    let selectors = pieces.flat_map(|prelude| prelude.split(','));
    selectors.map(move |selector| {
        let selector = selector.replace("/*", " ");
        let parts = selector.split_whitespace().filter(|part| !matches!(*part, ">" | "+" | "~"));
        let walks = u32::try_from(parts.count().saturating_sub(1)).unwrap_or(u32::MAX);
        depth.max(1).saturating_pow(walks)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_selector_is_a_try_and_each_space_a_walk() {
        let of = |sheet, depth| steps(sheet, depth).collect::<Vec<_>>();
        assert_eq!(of(".cls-1{fill:red}.cls-2,.cls-3{fill:blue}", 4), [1, 1, 1]);
        assert_eq!(of("g > rect{} g rect{} svg g rect{}", 4), [4, 4, 16]);
        assert_eq!(of("@media print{a{}b{}}", 1), [1, 1, 1]);
        assert!(of("", 4).is_empty());
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
        assert_eq!(check(&svg(&"rect{fill:red}".repeat(900), 5_000)), complex);
        assert_eq!(check(&svg(&"a{b:c}".repeat(20_000), 1)), complex);
        let nested = "<g>".repeat(100) + "<rect/>" + &"</g>".repeat(100);
        let walking = format!("<svg><style>g g g g g rect{{fill:red}}</style>{nested}</svg>");
        assert_eq!(check(&walking), complex);
    }
}
