//! `property: value` as something that a style can take on.

use super::text::split;
use super::value::{Length, colour, length};
use crate::html::style::{
    Direction, Display, FlexAxis, Float, Justify, Marker, Shade, Stroke, TextAlign, Transform,
    WhiteSpace,
};
use crate::scan::Switch;

/// One understood declaration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::html) enum Declaration {
    Display(Display),
    Float(Float),
    Align(TextAlign),
    Bold(Switch),
    /// `Em` and `Percent` of the parent's size.
    FontSize(Length),
    Underline(Switch),
    Strike(Switch),
    Ink(Shade),
    Ground(Shade),
    Transform(Transform),
    Space(WhiteSpace),
    Direction(Direction),
    Visible(Switch),
    Marker(Marker),
    MarginTop(Length),
    MarginBottom(Length),
    MarginLeft(Length),
    MarginRight(Length),
    PaddingTop(Length),
    PaddingBottom(Length),
    PaddingLeft(Length),
    PaddingRight(Length),
    BorderTop(Stroke),
    BorderBottom(Stroke),
    BorderLeft(Stroke),
    BorderRight(Stroke),
    Width(Length),
    MaxWidth(Length),
    Height(Length),
    MinHeight(Length),
    /// `Auto`: as high as it is.
    MaxHeight(Length),
    /// `overflow`
    Clipped(Switch),
    Justify(Justify),
    Axis(FlexAxis),
    Grow(f32),
    Tracks(u8),
    BreakBefore(Switch),
    BreakAfter(Switch),
}

/// A declaration and its rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::html) struct Declared {
    pub(in crate::html) declaration: Declaration,
    pub(in crate::html) rank: Rank,
}

/// Whether a declaration beats later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::html) enum Rank {
    Normal,
    Important,
}

/// The understood declarations of a block, each property and rank once: the last one counts.
pub(in crate::html) fn declarations(body: &str) -> Vec<Declared> {
    let mut out: Vec<Declared> = Vec::new();
    for text in split(body, b';') {
        let Some((property, value)) = text.split_once(':') else { continue };
        let value = value.trim();
        let (value, rank) = match value.rsplit_once('!') {
            Some((value, word)) if word.trim().eq_ignore_ascii_case("important") => {
                (value.trim_end(), Rank::Important)
            }
            _ => (value, Rank::Normal),
        };
        read(property.trim(), value, &mut |declaration| {
            let same = |known: &Declared| {
                known.rank == rank
                    && std::mem::discriminant(&known.declaration)
                        == std::mem::discriminant(&declaration)
            };
            match out.iter_mut().find(|known| same(known)) {
                Some(known) => known.declaration = declaration,
                None => out.push(Declared { declaration, rank }),
            }
        });
    }
    out
}

fn read(property: &str, value: &str, each: &mut impl FnMut(Declaration)) {
    use Declaration as D;
    let property = property.to_ascii_lowercase();
    let lower = value.to_ascii_lowercase();
    let word = lower.as_str();
    let one = match property.as_str() {
        "display" => display(word).map(D::Display),
        "float" => float(word).map(D::Float),
        "text-align" => align(word).map(D::Align),
        "font-weight" => weight(word).map(D::Bold),
        "font-size" => font_size(word).map(D::FontSize),
        "font" => return font(word, each),
        "text-decoration" | "text-decoration-line" => return decoration(word, each),
        "color" => colour(word).map(D::Ink),
        "background-color" => colour(word).map(D::Ground),
        "background" => split(word, b' ').find_map(colour).map(D::Ground),
        "text-transform" => transform(word).map(D::Transform),
        "white-space" => white_space(word).map(D::Space),
        "direction" => direction(word).map(D::Direction),
        "opacity" => opacity(word).map(D::Visible),
        "clip" | "clip-path" => clip(word).map(D::Visible),
        "left" | "right" | "top" | "bottom" | "text-indent" => {
            beside_the_page(word).map(D::Visible)
        }
        "visibility" => visibility(word).map(D::Visible),
        "list-style" | "list-style-type" => word.split(' ').find_map(marker).map(D::Marker),
        "margin" => return margins(word, each),
        "padding" => return paddings(word, each),
        "margin-top" => length(word).map(D::MarginTop),
        "margin-bottom" => length(word).map(D::MarginBottom),
        "margin-left" | "margin-inline-start" => length(word).map(D::MarginLeft),
        "margin-right" | "margin-inline-end" => length(word).map(D::MarginRight),
        "padding-top" => length(word).map(D::PaddingTop),
        "padding-bottom" => length(word).map(D::PaddingBottom),
        "padding-left" | "padding-inline-start" => length(word).map(D::PaddingLeft),
        "padding-right" | "padding-inline-end" => length(word).map(D::PaddingRight),
        "width" => length(word).map(D::Width),
        "max-width" => length(word).map(D::MaxWidth),
        "height" => length(word).map(D::Height),
        "min-height" => length(word).map(D::MinHeight),
        "max-height" if word == "none" => Some(D::MaxHeight(Length::Auto)),
        "max-height" => length(word).map(D::MaxHeight),
        "overflow" | "overflow-y" => overflow(word).map(D::Clipped),
        "justify-content" => justify(word).map(D::Justify),
        "flex-direction" | "flex-flow" => axis(word).map(D::Axis),
        "flex" | "flex-grow" => grow(word).map(D::Grow),
        "grid-template-columns" => Some(D::Tracks(tracks(word))),
        "page-break-before" | "break-before" => page_break(word).map(D::BreakBefore),
        "page-break-after" | "break-after" => page_break(word).map(D::BreakAfter),
        _ => return borders(&property, word, each),
    };
    one.into_iter().for_each(each);
}

fn display(word: &str) -> Option<Display> {
    Some(match word {
        "none" => Display::None,
        "inline" | "contents" | "ruby" => Display::Inline,
        "inline-block" | "inline-table" => Display::InlineBlock,
        "block" | "flow-root" | "table-caption" => Display::Block,
        "list-item" => Display::ListItem,
        "flex" | "inline-flex" | "-webkit-flex" | "-webkit-box" | "-ms-flexbox" => Display::Flex,
        "grid" | "inline-grid" => Display::Grid,
        "table" => Display::Table,
        "table-row-group" | "table-header-group" | "table-footer-group" => Display::RowGroup,
        "table-row" => Display::Row,
        "table-cell" => Display::Cell,
        _ => return None,
    })
}

fn float(word: &str) -> Option<Float> {
    Some(match word {
        "left" | "inline-start" => Float::Left,
        "right" | "inline-end" => Float::Right,
        "none" => Float::None,
        _ => return None,
    })
}

/// Also the values of the `align` attribute.
pub(in crate::html) fn align(word: &str) -> Option<TextAlign> {
    Some(match word {
        "left" | "-webkit-left" => TextAlign::Left,
        "right" | "-webkit-right" => TextAlign::Right,
        "center" | "-webkit-center" | "middle" => TextAlign::Centre,
        "start" | "justify" => TextAlign::Start,
        "end" => TextAlign::End,
        _ => return None,
    })
}

fn weight(word: &str) -> Option<Switch> {
    match word {
        "bold" | "bolder" => Some(Switch::On),
        "normal" | "lighter" => Some(Switch::Off),
        _ => {
            let weight: u16 = word.parse().ok()?;
            Some(if weight >= 600 { Switch::On } else { Switch::Off })
        }
    }
}

fn font_size(word: &str) -> Option<Length> {
    Some(match word {
        "xx-small" => Length::Pixels(9.0),
        "x-small" => Length::Pixels(10.0),
        "small" => Length::Pixels(13.0),
        "medium" | "initial" => Length::Pixels(16.0),
        "large" => Length::Pixels(18.0),
        "x-large" => Length::Pixels(24.0),
        "xx-large" => Length::Pixels(32.0),
        "xxx-large" => Length::Pixels(48.0),
        "smaller" => Length::Em(1.0 / 1.2),
        "larger" => Length::Em(1.2),
        _ => return length(word).filter(|length| *length != Length::Auto),
    })
}

/// `bold 12px/1.4 monospace`
fn font(word: &str, each: &mut impl FnMut(Declaration)) {
    let mut bold = Switch::Off;
    for part in split(word, b' ').filter(|part| !part.is_empty()) {
        let size = part.split('/').next().unwrap_or_default();
        match (weight(part), font_size(size)) {
            (Some(known), _) => bold = known,
            (None, Some(size)) => {
                each(Declaration::FontSize(size));
                each(Declaration::Bold(bold));
                return;
            }
            _ => {}
        }
    }
}

fn decoration(word: &str, each: &mut impl FnMut(Declaration)) {
    for part in word.split(' ') {
        match part {
            "underline" => each(Declaration::Underline(Switch::On)),
            "line-through" => each(Declaration::Strike(Switch::On)),
            "none" => each(Declaration::Underline(Switch::Off)),
            _ => {}
        }
    }
}

fn transform(word: &str) -> Option<Transform> {
    Some(match word {
        "uppercase" => Transform::Upper,
        "lowercase" => Transform::Lower,
        "capitalize" => Transform::Capital,
        "none" => Transform::None,
        _ => return None,
    })
}

fn white_space(word: &str) -> Option<WhiteSpace> {
    Some(match word {
        "normal" => WhiteSpace::Normal,
        "nowrap" => WhiteSpace::NoWrap,
        "pre" | "pre-wrap" | "break-spaces" => WhiteSpace::Pre,
        "pre-line" => WhiteSpace::PreLine,
        _ => return None,
    })
}

pub(in crate::html) fn direction(word: &str) -> Option<Direction> {
    match word {
        "rtl" => Some(Direction::RightToLeft),
        "ltr" => Some(Direction::LeftToRight),
        _ => None,
    }
}

fn visibility(word: &str) -> Option<Switch> {
    match word {
        "hidden" | "collapse" => Some(Switch::Off),
        "visible" => Some(Switch::On),
        _ => None,
    }
}

/// The last word is how what runs over the lower edge is shown. Paper does not scroll.
fn overflow(word: &str) -> Option<Switch> {
    match word.split_ascii_whitespace().last()? {
        "hidden" | "clip" | "scroll" | "auto" => Some(Switch::On),
        "visible" => Some(Switch::Off),
        _ => None,
    }
}

fn opacity(word: &str) -> Option<Switch> {
    let opacity: f32 = word.trim_end_matches('%').parse().ok()?;
    (opacity <= 0.0).then_some(Switch::Off)
}

/// `rect(1px, 1px, 1px, 1px)`, `inset(50%)`: text for screen readers.
fn clip(word: &str) -> Option<Switch> {
    if let Some(edges) = word.strip_prefix("rect(") {
        let mut edges =
            edges.trim_end_matches(')').split([',', ' ']).filter(|edge| !edge.is_empty());
        return edges.all(|edge| matches!(edge, "0" | "0px" | "1px")).then_some(Switch::Off);
    }
    matches!(word, "inset(50%)" | "inset(100%)").then_some(Switch::Off)
}

/// Text that is moved away from the page, so that only a screen reader finds it.
fn beside_the_page(word: &str) -> Option<Switch> {
    let away = match length(word)? {
        Length::Pixels(pixels) => pixels <= -900.0,
        Length::Em(times) | Length::Rem(times) => times <= -60.0,
        Length::Auto | Length::Percent(_) => false,
    };
    away.then_some(Switch::Off)
}

fn marker(word: &str) -> Option<Marker> {
    Some(match word {
        "none" => Marker::None,
        "disc" | "circle" | "square" => Marker::Bullet,
        "decimal" | "decimal-leading-zero" => Marker::Decimal,
        "lower-alpha" | "lower-latin" => Marker::LowerAlpha,
        "upper-alpha" | "upper-latin" => Marker::UpperAlpha,
        "lower-roman" => Marker::LowerRoman,
        "upper-roman" => Marker::UpperRoman,
        _ => return None,
    })
}

/// The four lengths of a shorthand: top, right, bottom, left.
fn four(word: &str) -> Option<[Length; 4]> {
    let mut parts = split(word, b' ').filter(|part| !part.is_empty()).map(length);
    let top = parts.next()??;
    let right = parts.next().unwrap_or(Some(top))?;
    let bottom = parts.next().unwrap_or(Some(top))?;
    let left = parts.next().unwrap_or(Some(right))?;
    Some([top, right, bottom, left])
}

fn margins(word: &str, each: &mut impl FnMut(Declaration)) {
    if let Some([top, right, bottom, left]) = four(word) {
        each(Declaration::MarginTop(top));
        each(Declaration::MarginRight(right));
        each(Declaration::MarginBottom(bottom));
        each(Declaration::MarginLeft(left));
    }
}

fn paddings(word: &str, each: &mut impl FnMut(Declaration)) {
    if let Some([top, right, bottom, left]) = four(word) {
        each(Declaration::PaddingTop(top));
        each(Declaration::PaddingRight(right));
        each(Declaration::PaddingBottom(bottom));
        each(Declaration::PaddingLeft(left));
    }
}

fn justify(word: &str) -> Option<Justify> {
    Some(match word {
        "space-between" => Justify::Between,
        "space-around" | "space-evenly" => Justify::Around,
        "center" => Justify::Centre,
        "flex-end" | "end" | "right" => Justify::End,
        "flex-start" | "start" | "left" | "normal" => Justify::Start,
        _ => return None,
    })
}

fn axis(word: &str) -> Option<FlexAxis> {
    word.split(' ').find_map(|part| match part {
        "row" => Some(FlexAxis::Row),
        "row-reverse" => Some(FlexAxis::RowReverse),
        "column" | "column-reverse" => Some(FlexAxis::Column),
        _ => None,
    })
}

/// The first number of `flex`, which is how greedily an item takes what is free.
fn grow(word: &str) -> Option<f32> {
    match word.split(' ').next()? {
        "auto" => Some(1.0),
        "none" | "initial" => Some(0.0),
        number => number.parse().ok().filter(|n: &f32| n.is_finite()).map(|n| n.clamp(0.0, 1000.0)),
    }
}

/// How many columns a grid has. What is not understood is one.
fn tracks(word: &str) -> u8 {
    let mut count = 0u32;
    for part in split(word, b' ').filter(|part| !part.is_empty()) {
        let times = part.strip_prefix("repeat(").and_then(|rest| rest.split(',').next());
        count += times.map_or(1, |times| times.trim().parse().unwrap_or(1)).min(32);
        if count >= 32 {
            return 32;
        }
    }
    u8::try_from(count.max(1)).unwrap_or(32)
}

fn page_break(word: &str) -> Option<Switch> {
    match word {
        "always" | "page" | "left" | "right" | "recto" | "verso" => Some(Switch::On),
        "auto" | "avoid" | "avoid-page" => Some(Switch::Off),
        _ => None,
    }
}

type Edge = fn(Stroke) -> Declaration;

const TOP: Edge = Declaration::BorderTop;
const RIGHT: Edge = Declaration::BorderRight;
const BOTTOM: Edge = Declaration::BorderBottom;
const LEFT: Edge = Declaration::BorderLeft;

fn borders(property: &str, word: &str, each: &mut impl FnMut(Declaration)) {
    let Some(rest) = property.strip_prefix("border") else { return };
    let (edges, part): (&[Edge], &str) = match rest {
        "" | "-style" | "-width" => (&[TOP, RIGHT, BOTTOM, LEFT], rest),
        _ => {
            let Some((edges, part)) = edge(rest) else { return };
            (edges, part)
        }
    };
    let parts = || split(word, b' ').filter(|part| !part.is_empty());
    if rest == "-style" || rest == "-width" {
        // One to four values: top, right, bottom, left.
        let values: Vec<&str> = parts().take(4).collect();
        for (at, edge) in edges.iter().enumerate() {
            let from = match (values.len(), at) {
                (0, _) => return,
                (known, at) if at < known => at,
                (4.., _) | (3, 3) | (2, 3) => 1,
                _ => 0,
            };
            stroke(part, &mut values[from..=from].iter().copied())
                .map(edge)
                .into_iter()
                .for_each(&mut *each);
        }
        return;
    }
    if let Some(stroke) = stroke(part, &mut parts()) {
        edges.iter().for_each(|edge| each(edge(stroke)));
    }
}

fn edge(rest: &str) -> Option<(&'static [Edge], &str)> {
    const EDGES: [(&str, &[Edge]); 6] = [
        ("-top", &[TOP]),
        ("-bottom", &[BOTTOM]),
        ("-left", &[LEFT]),
        ("-right", &[RIGHT]),
        ("-block", &[TOP, BOTTOM]),
        ("-inline", &[LEFT, RIGHT]),
    ];
    EDGES.iter().find_map(|(name, edges)| {
        let part = rest.strip_prefix(name)?;
        matches!(part, "" | "-style" | "-width").then_some((*edges, part))
    })
}

/// The look that a shorthand, a style or a width gives. A width alone only takes a border away.
fn stroke(part: &str, words: &mut dyn Iterator<Item = &str>) -> Option<Stroke> {
    let mut look = None;
    for word in words {
        match word {
            "solid" | "groove" | "ridge" | "inset" | "outset" => look = Some(Stroke::Solid),
            "dashed" => look = Some(Stroke::Dashed),
            "dotted" => look = Some(Stroke::Dotted),
            "double" => look = Some(Stroke::Double),
            "none" | "hidden" => return Some(Stroke::None),
            // A white or see-through line only keeps room.
            "transparent" | "white" | "#fff" | "#ffffff" => return Some(Stroke::None),
            _ if matches!(length(word), Some(Length::Pixels(width)) if width == 0.0) => {
                return Some(Stroke::None);
            }
            _ => {}
        }
    }
    look.or((part.is_empty()).then_some(Stroke::None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Declaration as D;

    fn read_all(body: &str) -> Vec<Declaration> {
        declarations(body).into_iter().map(|declared| declared.declaration).collect()
    }

    #[test]
    fn common_declarations_are_understood() {
        assert_eq!(
            read_all("TEXT-ALIGN: Center; font-weight:700;font-size: 18pt ; nonsense; color:#000"),
            [
                D::Align(TextAlign::Centre),
                D::Bold(Switch::On),
                D::FontSize(Length::Pixels(24.0)),
                D::Ink(Shade::Dark)
            ]
        );
        assert_eq!(
            read_all("font: bold 14px/1.2 'Courier New', monospace"),
            [D::FontSize(Length::Pixels(14.0)), D::Bold(Switch::On)]
        );
        assert_eq!(
            read_all("margin: 1em auto"),
            [
                D::MarginTop(Length::Em(1.0)),
                D::MarginRight(Length::Auto),
                D::MarginBottom(Length::Em(1.0)),
                D::MarginLeft(Length::Auto)
            ]
        );
        assert_eq!(read_all("width:50%;width:calc(1px)"), [D::Width(Length::Percent(50.0))]);
        assert_eq!(read_all("grid-template-columns: repeat(3, 1fr) auto"), [D::Tracks(4)]);
    }

    #[test]
    fn borders_are_strokes_or_none() {
        assert_eq!(read_all("border-top: 1px dashed #000"), [D::BorderTop(Stroke::Dashed)]);
        assert_eq!(read_all("border-bottom: 3px double"), [D::BorderBottom(Stroke::Double)]);
        assert_eq!(read_all("border-top: 0 solid"), [D::BorderTop(Stroke::None)]);
        assert_eq!(
            read_all("border: 1px solid rgb(0, 0, 0); border-width: 0 0 1px"),
            [
                D::BorderTop(Stroke::None),
                D::BorderRight(Stroke::None),
                D::BorderBottom(Stroke::Solid),
                D::BorderLeft(Stroke::None)
            ]
        );
        assert_eq!(read_all("border-radius: 4px; border-collapse: collapse"), []);
    }

    #[test]
    fn the_last_of_a_property_counts_and_important_ones_count_apart() {
        assert_eq!(
            declarations("float:left;float:right !important;float:none"),
            [
                Declared { declaration: D::Float(Float::None), rank: Rank::Normal },
                Declared { declaration: D::Float(Float::Right), rank: Rank::Important }
            ]
        );
    }
}
