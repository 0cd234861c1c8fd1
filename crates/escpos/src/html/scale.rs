//! From pixels of a page to characters of a printer.

use super::cascade::Styles;
use super::dom::{Dom, NodeId, Walk};
use super::style::{Style, Width};
use crate::scan::Switch;
use crate::sheet::{Look, Size};

/// Dots of a printer for one CSS pixel: 203 to the inch over 96.
const DOTS: f32 = 203.0 / 96.0;
/// Pixels of a small but normal receipt font: larger body fonts stay what they are.
const BODY: f32 = 12.0;
/// From here on characters are twice as high, and from there on twice as wide, too.
const TALL: f32 = 18.0;
const LARGE: f32 = 24.0;

/// How a page was drawn in relation to the paper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Times as large as on the paper.
    zoom: f32,
    /// Times that small fonts grow.
    growth: f32,
    /// Printable dots and columns.
    dots: f32,
    columns: f32,
}

/// The printable width in pixels.
pub(super) fn page_width(dots: usize) -> f32 {
    dots as f32 / DOTS
}

impl Scale {
    /// A page that says how wide it is was drawn for that width: 576 pixels for 576 dots, say.
    pub(super) fn of(dom: &Dom, styles: &Styles, dots: usize, columns: usize) -> Scale {
        let paper = page_width(dots);
        let mut zoom = 1.0;
        let mut body = Style::INITIAL.font;
        if let Some(node) = body_of(dom) {
            body = styles.of(node).font;
            let outer = [dom.parent(node), Some(node)].into_iter().flatten();
            let first = dom.children(node).find(|child| dom.element(*child).is_some());
            let drawn = outer.chain(first).find_map(|node| drawn_width(styles.of(node)));
            // Up to 80 mm it was drawn in the size of paper, if perhaps for wider paper than this.
            zoom =
                drawn.filter(|width| *width > 320.0).map_or(1.0, |w| (w / paper).clamp(1.0, 4.0));
        }
        let growth = (BODY / (body / zoom).max(1.0)).clamp(1.0, 2.0);
        Scale { zoom, growth, dots: dots as f32, columns: columns as f32 }
    }

    pub(super) fn look(&self, style: &Style) -> Look {
        use super::style::Shade;
        let inverse = style.ground == Shade::Dark && style.ink == Shade::Light;
        Look {
            bold: style.bold,
            underline: style.underline,
            inverse: if inverse { Switch::On } else { Switch::Off },
            size: self.size(style.font),
            isolation: style.isolation,
        }
    }

    fn size(&self, font: f32) -> Size {
        let font = font / self.zoom * self.growth;
        match font {
            font if font >= LARGE => Size::Large,
            font if font >= TALL => Size::Tall,
            _ => Size::Normal,
        }
    }

    /// Columns of so many pixels.
    pub(super) fn columns(&self, pixels: f32) -> f32 {
        self.dots(pixels) / (self.dots / self.columns)
    }

    /// Dots of so many pixels.
    pub(super) fn dots(&self, pixels: f32) -> f32 {
        pixels / self.zoom * DOTS
    }

    /// Pixels as they are on paper.
    pub(super) fn pixels(&self, pixels: f32) -> f32 {
        pixels / self.zoom
    }
}

fn drawn_width(style: &Style) -> Option<f32> {
    let width = match style.width {
        Width::Pixels(width) => Some(width),
        _ => style.most,
    };
    width.filter(|width| (150.0..=1300.0).contains(width))
}

/// The body of a document.
pub(super) fn body_of(dom: &Dom) -> Option<NodeId> {
    let mut body = None;
    dom.walk(NodeId::DOCUMENT, |id| match dom.element(id).map(|element| element.tag()) {
        Some("html") => Walk::Enter,
        Some("body") if body.is_none() => {
            body = Some(id);
            Walk::Pass
        }
        _ => Walk::Pass,
    });
    body
}
