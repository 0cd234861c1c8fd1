//! HTML to blocks of paper, as a browser would print it on a strip of receipt paper.
//!
//! ```text
//! text ─▶ parse ─▶ Dom ─▶ cascade ─▶ Styles ─▶ build ─▶ Flow ─▶ layout ─▶ Sheet
//!          limits        css/, hints           lines, groups,   columns
//!                                              lists, tables
//! ```
//!
//! - `parse` reads the text with html5ever into an arena (`dom`) and stops at the first limit that is passed.
//! - `cascade` gives every element a [`style::Style`]: the browser's rules (`builtin.css`), attributes (`hints`), the
//!   document's own rules (`css`).
//! - `build` walks the elements and writes down lines, rules, pictures and tables ([`flow::Part`]), which know nothing of widths.
//! - `layout` gives columns their widths and puts everything on the sheet.
//!
//! Nothing is run, fetched or read from disk. What means nothing on paper is left out and named in the notes. `docs/html.md`
//! says what is understood.

mod amounts;
mod attributes;
mod build;
mod cascade;
mod columns;
mod css;
mod dom;
mod flow;
mod groups;
mod hints;
mod layout;
mod left_out;
mod limits;
mod lines;
mod lists;
mod parse;
mod picture;
mod scale;
mod style;
mod tables;

pub use limits::HtmlError;

use crate::scan::{Align, Switch};
use crate::sheet::Sheet;
use crate::text::Note;
use build::Builder;
use cascade::Styles;
use css::Media;
use dom::{Dom, Kind, NodeId, Walk};
use left_out::LeftOut;
use picture::Pictures;
use scale::{Scale, body_of, page_width};
use style::Direction;

/// Puts an HTML document on the sheet.
///
/// # Errors
/// [`HtmlError`] where it costs more than a receipt can.
pub(crate) fn lay_out(html: &str, sheet: &mut Sheet<'_>) -> Result<(), HtmlError> {
    let dom = parse::parse(html)?;
    let dots = sheet.profile.dots;
    let (styles, selectors_left_out) = cascade::styles(&dom, Media { width: page_width(dots) })?;
    let direction = direction(&dom, &styles);
    if direction == Direction::RightToLeft {
        sheet.direction = direction;
    }
    let scale = Scale::of(&dom, &styles, dots, sheet.columns);
    let pictures = Pictures::new(sheet.profile, scale);
    let mut builder = Builder::new(&dom, &styles, scale, pictures, direction, sheet.columns);
    let body: Vec<NodeId> = body_of(&dom).into_iter().collect();
    let flow = builder.flow(&body, Align::Left);
    if builder.has_white_picture == Switch::On {
        sheet.note(Note::WhitePicture);
    }
    let mut left_out = builder.left_out;
    unseen(&dom, &mut left_out);
    if selectors_left_out > 0 {
        left_out.add("style");
    }
    for (element, count) in left_out.finish() {
        sheet.note(Note::HtmlLeftOut { element, count });
    }
    layout::lay_out(flow, sheet);
    Ok(())
}

/// What has no place on the page and would change it all the same: scripts, and style sheets that are not in the document.
fn unseen(dom: &Dom, left_out: &mut LeftOut) {
    dom.walk(NodeId::DOCUMENT, |id| {
        let Some(element) = dom.element(id) else { return Walk::Pass };
        match element.tag() {
            "script" => left_out.add("script"),
            "link" if cascade::is_style_sheet(element.attribute("rel")) => left_out.add("link"),
            _ => {}
        }
        Walk::Enter
    });
}

/// The direction that most of the document's text has.
fn direction(dom: &Dom, styles: &Styles) -> Direction {
    let (mut left_to_right, mut right_to_left) = (0usize, 0usize);
    dom.walk(NodeId::DOCUMENT, |id| match dom.kind(id) {
        Kind::Text(text) => {
            let style = dom.parent(id).map_or(&style::Style::INITIAL, |parent| styles.of(parent));
            let count = match style.direction {
                Direction::LeftToRight => &mut left_to_right,
                Direction::RightToLeft => &mut right_to_left,
            };
            *count += text.split_ascii_whitespace().map(str::len).sum::<usize>();
            Walk::Pass
        }
        Kind::Element(_) if styles.of(id).display == style::Display::None => Walk::Pass,
        _ => Walk::Enter,
    });
    if right_to_left > left_to_right { Direction::RightToLeft } else { Direction::LeftToRight }
}
