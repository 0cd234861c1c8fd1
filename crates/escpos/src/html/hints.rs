//! What attributes say about looks: the way of mails and of old tills.

use super::css::{Declaration as D, Declared, Length, Rank, align, colour, direction, length};
use super::dom::Element;
use super::style::{Display, Marker, Stroke, TextAlign, WhiteSpace};

/// The declarations that an element's attributes stand for.
pub(super) fn hints(element: &Element) -> Vec<Declared> {
    let mut out = Vec::new();
    let tag = element.tag();
    for attribute in element.attributes() {
        let value = attribute.value.trim().to_ascii_lowercase();
        let each = &mut |declaration| out.push(Declared { declaration, rank: Rank::Normal });
        match (&*attribute.name.local, tag) {
            ("hidden", _) => each(D::Display(Display::None)),
            ("dir", _) => direction(&value).map(D::Direction).into_iter().for_each(each),
            ("align", "table" | "img" | "hr") => place(&value, each),
            ("align", _) => align(&value).map(D::Align).into_iter().for_each(each),
            ("width", "table" | "td" | "th" | "col" | "img" | "hr") => {
                measure(&value).map(D::Width).into_iter().for_each(each);
            }
            ("height", "img" | "td" | "tr") => {
                measure(&value).map(D::Height).into_iter().for_each(each);
            }
            ("border", "table") if value != "0" => {
                [D::BorderTop, D::BorderRight, D::BorderBottom, D::BorderLeft]
                    .map(|edge| edge(Stroke::Solid))
                    .into_iter()
                    .for_each(each);
            }
            ("bgcolor", _) => colour(&value).map(D::Ground).into_iter().for_each(each),
            ("color", "font") => colour(&value).map(D::Ink).into_iter().for_each(each),
            ("size", "font") => font_size(&value).map(D::FontSize).into_iter().for_each(each),
            ("nowrap", "td" | "th") => each(D::Space(WhiteSpace::NoWrap)),
            ("type", "ol" | "ul" | "li") => {
                marker(attribute.value.trim()).map(D::Marker).into_iter().for_each(each);
            }
            _ => {}
        }
    }
    out
}

/// `align` of what is not text.
fn place(value: &str, each: &mut dyn FnMut(D)) {
    match align(value) {
        Some(TextAlign::Centre) => {
            each(D::MarginLeft(Length::Auto));
            each(D::MarginRight(Length::Auto));
        }
        Some(TextAlign::Right) => each(D::MarginLeft(Length::Auto)),
        _ => {}
    }
}

/// `80`, `80px` or `50%`.
fn measure(value: &str) -> Option<Length> {
    match value.parse::<f32>() {
        Ok(pixels) if pixels.is_finite() => Some(Length::Pixels(pixels.clamp(0.0, 100_000.0))),
        _ => length(value).filter(|length| *length != Length::Auto),
    }
}

/// Sizes 1 to 7, or relative to 3.
fn font_size(value: &str) -> Option<Length> {
    const SIZES: [f32; 7] = [10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0];
    let number: i32 = value.trim_start_matches('+').parse().ok()?;
    let relative = value.starts_with(['+', '-']);
    let size = if relative { number.saturating_add(3) } else { number };
    let at = usize::try_from(size.clamp(1, 7) - 1).ok()?;
    SIZES.get(at).map(|pixels| Length::Pixels(*pixels))
}

fn marker(value: &str) -> Option<Marker> {
    Some(match value {
        "1" => Marker::Decimal,
        "a" => Marker::LowerAlpha,
        "A" => Marker::UpperAlpha,
        "i" => Marker::LowerRoman,
        "I" => Marker::UpperRoman,
        "disc" | "circle" | "square" => Marker::Bullet,
        "none" => Marker::None,
        _ => return None,
    })
}
