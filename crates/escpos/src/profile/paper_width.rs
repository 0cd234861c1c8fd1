//! The paper in a printer, where it is not what the model usually has.

use super::{Profile, Quirk, SecondFont};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Width of the paper that is printed on where the paper is 58 mm wide.
const PRINTABLE_OF_58: usize = 48;

/// The width of a roll of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PaperWidth {
    /// 58 mm (57.5 mm by the makers), of which 48 mm are printed on.
    #[serde(rename = "58mm")]
    Mm58,
    /// 80 mm (79.5 mm by the makers), of which the model prints on what its profile says: 72 mm, most times.
    #[serde(rename = "80mm")]
    Mm80,
}

impl PaperWidth {
    /// In millimetres.
    pub fn millimetres(self) -> usize {
        match self {
            PaperWidth::Mm58 => 58,
            PaperWidth::Mm80 => 80,
        }
    }
}

impl fmt::Display for PaperWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mm", self.millimetres())
    }
}

/// How much of its line a printer prints on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrintArea {
    /// All of it.
    Whole,
    /// [`Profile::dots`] from its beginning on, which it has to be told after each `ESC @`.
    Told,
}

impl Profile {
    /// This model with that paper in it; as it is, where that is the paper that it is made for. `None`: it cannot have it, as it is
    /// too wide for the model, or as the model cannot be told that less of its line is paper.
    pub fn with_paper(&self, width: PaperWidth) -> Option<Profile> {
        match (width, self.is_wider_than_58()) {
            (PaperWidth::Mm58, false) | (PaperWidth::Mm80, true) => Some(self.clone()),
            (PaperWidth::Mm80, false) => None,
            (PaperWidth::Mm58, true) if self.has_quirk(Quirk::NoGsWidth) => None,
            (PaperWidth::Mm58, true) => Some(self.narrowed(whole_bytes(PRINTABLE_OF_58, self.dpi))),
        }
    }

    /// Whether it prints on more than 58 mm.
    fn is_wider_than_58(&self) -> bool {
        self.dots * 254 > PaperWidth::Mm58.millimetres() * 10 * self.dpi
    }

    /// Lines become shorter as the paper does: a model may need more room for a character than its font has dots.
    fn narrowed(&self, dots: usize) -> Profile {
        let fewer = |columns: usize| columns * dots / self.dots;
        let narrower = |font: SecondFont| SecondFont { columns: fewer(font.columns), ..font };
        Profile {
            columns: fewer(self.columns),
            font_b: self.font_b.map(narrower),
            dots,
            area: PrintArea::Told,
            ..self.clone()
        }
    }
}

/// The dots of so many millimetres, to the nearest eight: images are sent in bytes.
fn whole_bytes(millimetres: usize, dpi: usize) -> usize {
    (millimetres * dpi * 10 / 254 + 4) / 8 * 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    fn narrow(name: &str) -> Option<(usize, usize, Option<usize>)> {
        let profile = Profile::builtin(name).unwrap().with_paper(PaperWidth::Mm58)?;
        Some((profile.dots, profile.columns, profile.font_b.map(|font| font.columns)))
    }

    #[test]
    fn narrow_paper_has_as_many_dots_as_its_millimetres_have() {
        assert_eq!(narrow("generic-80"), Some((384, 32, Some(42))));
        // 180 dots an inch.
        assert_eq!(narrow("epson-tm-t88vi"), Some((344, 28, Some(37))));
        // 42 characters on 576 dots.
        assert_eq!(narrow("rongta-rp326"), Some((384, 28, Some(37))));
        // It knows no GS W.
        assert_eq!(narrow("epson-tm-u220"), None);
    }

    #[test]
    fn the_paper_that_a_model_is_made_for_changes_nothing() {
        let profile = |name| Profile::builtin(name).unwrap();
        let (wide, slim) = (profile("epson-tm-t20iii"), profile("generic-58"));
        assert_eq!(wide.with_paper(PaperWidth::Mm80), Some(wide));
        assert_eq!(slim.with_paper(PaperWidth::Mm58), Some(slim.clone()));
        assert_eq!(slim.with_paper(PaperWidth::Mm80), None);
    }

    #[test]
    fn what_is_said_of_a_line_fits_on_any_paper() {
        for profile in Catalogue::builtin().profiles() {
            let Some(narrow) = profile.with_paper(PaperWidth::Mm58) else { continue };
            let name = &profile.name;
            assert!(narrow.columns >= 16, "{name}");
            assert!(narrow.columns * usize::from(narrow.font_a.width) <= narrow.dots, "{name}");
            let fits = |b: SecondFont| b.columns * usize::from(b.size.width) <= narrow.dots;
            assert!(narrow.font_b.is_none_or(fits), "{name}");
        }
    }
}
