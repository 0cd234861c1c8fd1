//! Pictures that are in the document: `data:` addresses and SVG. Nothing is ever fetched.

use super::css::{Length, length};
use super::dom::{Dom, Kind, NodeId};
use super::limits::{MOST_BYTES, MOST_DRAWINGS, MOST_PICTURES, MOST_PIXELS};
use super::scale::Scale;
use super::style::{Style, Width};
use crate::bitmap::Bitmap;
use crate::images::{self, Fit, Halftone};
use crate::profile::{Graphics, Profile};
use crate::sheet::SPACER;
use base64::Engine;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use html5ever::ns;

/// What became of a picture.
pub(super) enum Pictured {
    Shown(Bitmap),
    /// It is there to be counted or to keep room, not to be seen.
    Nothing,
    /// It has nothing dark enough to be printed.
    White,
    LeftOut,
}

/// What a document's pictures are put on, and what they may still cost.
pub(super) struct Pictures {
    graphics: Graphics,
    /// Printable dots in a line.
    dots: usize,
    scale: Scale,
    pictures: usize,
    drawings: usize,
    pixels: u64,
}

/// A picture that is narrower is drawn in no time, and one can be a frame or a counter.
const ICON: usize = 96;
const POINT: usize = 4;

impl Pictures {
    pub(super) fn new(profile: &Profile, scale: Scale) -> Pictures {
        Pictures {
            graphics: profile.graphics,
            dots: profile.dots,
            scale,
            pictures: MOST_PICTURES,
            drawings: MOST_DRAWINGS,
            pixels: MOST_PIXELS,
        }
    }

    /// The picture of an `img` or `svg` element, as wide as the document wants it and the paper allows.
    pub(super) fn read(&mut self, id: NodeId, dom: &Dom, style: &Style) -> Pictured {
        let Some(element) = dom.element(id) else { return Pictured::Nothing };
        if element.is_svg() {
            let bytes = self.take().then(|| serialise(id, dom)).flatten();
            let own = element.attribute("width").and_then(pixels);
            let units = element.attribute("viewBox").and_then(units).or(own);
            return self.drawing(bytes.as_deref().map(str::as_bytes), own, units, style);
        }
        let bytes = element.attribute("src").filter(|_| self.take()).and_then(data);
        let Some(bytes) = bytes else { return Pictured::LeftOut };
        match images::size_of_picture(&bytes) {
            Some((width, height)) => self.photograph(&bytes, width, height, style),
            None => self.drawing(Some(&bytes), None, None, style),
        }
    }

    fn take(&mut self) -> bool {
        let left = self.graphics != Graphics::None && self.pictures > 0;
        self.pictures = self.pictures.saturating_sub(1);
        left
    }

    fn photograph(&mut self, bytes: &[u8], width: u32, height: u32, style: &Style) -> Pictured {
        let own = width as f32;
        let wanted = match (self.width(style), style.height) {
            (Some(dots), _) => dots,
            (None, Width::Pixels(pixels)) => self.scale.dots(pixels) * own / height.max(1) as f32,
            (None, _) => self.most(style).min(self.scale.dots(own)),
        };
        let wanted = whole_dots(own, wanted);
        if wanted < POINT as f32 {
            return Pictured::Nothing;
        }
        let cost = u64::from(width) * u64::from(height);
        if cost > self.pixels {
            return Pictured::LeftOut;
        }
        self.pixels -= cost;
        match self.bitmap(bytes, Fit::Width(self.bounded(wanted))) {
            // A dot that is drawn out keeps room.
            Pictured::White if (width.min(height) as usize) < SPACER => Pictured::Nothing,
            pictured => pictured,
        }
    }

    /// An SVG, whose own width and whose units across are known if it is in the document.
    fn drawing(
        &mut self,
        bytes: Option<&[u8]>,
        own: Option<f32>,
        units: Option<f32>,
        style: &Style,
    ) -> Pictured {
        let Some(bytes) = bytes else { return Pictured::LeftOut };
        let own = own.map(|pixels| self.scale.dots(pixels));
        let wanted = self.width(style).or(own).map(|dots| dots.min(self.most(style)));
        let wanted = wanted.unwrap_or(self.most(style));
        if wanted < POINT as f32 {
            return Pictured::Nothing;
        }
        let wanted = self.bounded(units.map_or(wanted, |units| whole_dots(units, wanted)));
        if wanted > ICON {
            if self.drawings == 0 {
                return Pictured::LeftOut;
            }
            self.drawings -= 1;
        }
        self.bitmap(bytes, Fit::Width(wanted))
    }

    fn bitmap(&self, bytes: &[u8], fit: Fit) -> Pictured {
        let bitmap = images::bitmap(bytes, fit, Halftone::Auto, self.dots);
        match bitmap {
            Ok(bitmap) if !bitmap.is_white() => Pictured::Shown(bitmap),
            Ok(white) if white.width().min(white.height()) < SPACER => Pictured::Nothing,
            Ok(_) => Pictured::White,
            Err(_) => Pictured::LeftOut,
        }
    }

    /// The dots across that the style asks for.
    fn width(&self, style: &Style) -> Option<f32> {
        match style.width {
            Width::Auto => None,
            Width::Pixels(pixels) => Some(self.scale.dots(pixels)),
            Width::Percent(percent) => Some(percent / 100.0 * self.dots as f32),
        }
    }

    fn most(&self, style: &Style) -> f32 {
        let paper = self.dots as f32;
        style.most.map_or(paper, |pixels| self.scale.dots(pixels).min(paper))
    }

    fn bounded(&self, dots: f32) -> usize {
        (dots.round().max(1.0) as usize).min(self.dots)
    }
}

/// A little less than wanted, where that makes each unit of the picture as large as any other: codes stay crisp.
fn whole_dots(units: f32, wanted: f32) -> f32 {
    let whole = (wanted / units.max(1.0)).floor() * units;
    if whole >= wanted * 0.85 { whole } else { wanted }
}

/// The width in a view box: `0 0 33 33`.
fn units(view_box: &str) -> Option<f32> {
    let mut numbers = view_box.split([' ', ',']).filter(|part| !part.is_empty());
    numbers.nth(2)?.parse().ok().filter(|units: &f32| (1.0..=10_000.0).contains(units))
}

/// A width attribute of an SVG.
fn pixels(text: &str) -> Option<f32> {
    match length(text.trim()) {
        Some(Length::Pixels(pixels)) => Some(pixels),
        _ => text.trim().parse().ok().filter(|pixels: &f32| pixels.is_finite()),
    }
}

/// Line ends and missing padding are common in documents.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes of a `data:` address; none for every other address.
fn data(address: &str) -> Option<Vec<u8>> {
    let address = address.trim();
    let scheme = address.get(..5)?;
    if !scheme.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (kind, data) = address[5..].split_once(',')?;
    let bytes = unescaped(data);
    if !kind.trim_end().to_ascii_lowercase().ends_with("base64") {
        return Some(bytes);
    }
    let digits: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    LENIENT.decode(digits).ok()
}

/// `%20` becomes a space, and so on; what is no such escape stays.
fn unescaped(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let digit = |at: usize| Some(char::from(*bytes.get(at)?).to_digit(16)? as u8);
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// An SVG element of the document as a document of its own.
fn serialise(top: NodeId, dom: &Dom) -> Option<String> {
    let mut out = String::new();
    let mut open: Vec<Open> = vec![Open::Begin(top)];
    while let Some(step) = open.pop() {
        match step {
            Open::Begin(id) => match dom.kind(id) {
                Kind::Text(text) => escaped(text, &mut out),
                Kind::Element(element) if element.is_svg() && is_name(&element.name.local) => {
                    begin(id, id == top, dom, &mut out);
                    open.push(Open::End(id));
                    let from = open.len();
                    open.extend(dom.children(id).map(Open::Begin));
                    open[from..].reverse();
                }
                _ => {}
            },
            Open::End(id) => {
                let name = dom.element(id).map_or("", |element| &element.name.local);
                out.extend(["</", name, ">"]);
            }
        }
        if out.len() > MOST_BYTES {
            return None;
        }
    }
    Some(out)
}

enum Open {
    Begin(NodeId),
    End(NodeId),
}

fn begin(id: NodeId, top: bool, dom: &Dom, out: &mut String) {
    let Some(element) = dom.element(id) else { return };
    out.extend(["<", &element.name.local]);
    if top {
        out.push_str(
            " xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"",
        );
    }
    for attribute in element.attributes() {
        let name = &attribute.name;
        let plain = name.ns == ns!() && is_name(&name.local) && !name.local.starts_with("xmlns");
        let prefix = if name.ns == ns!(xlink) { "xlink:" } else { "" };
        if plain || !prefix.is_empty() {
            out.extend([" ", prefix, &name.local, "=\""]);
            escaped(&attribute.value, out);
            out.push('"');
        }
    }
    out.push('>');
}

/// Whether XML takes it as a name without a prefix.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn escaped(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML allows no other control characters.
            control if control.is_control() && !"\n\r\t".contains(control) => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::parse::parse;

    #[test]
    fn only_data_addresses_have_bytes() {
        assert_eq!(data("data:image/png;base64,aGVs\n bG8"), Some(b"hello".to_vec()));
        assert_eq!(
            data(" DATA:image/svg+xml,%3Csvg%20x='1'/%3e%"),
            Some(b"<svg x='1'/>%".to_vec())
        );
        assert_eq!(data("data:image/png;base64,aGVsbG8%3D"), Some(b"hello".to_vec()));
        for address in [
            "",
            "http://example.com/a.png",
            "file:///etc/passwd",
            "data:",
            "data:;base64,*",
            "dätä:,x",
            "/x",
        ] {
            assert_eq!(data(address), None, "{address}");
        }
    }

    #[test]
    fn an_svg_of_the_document_stands_alone() {
        let dom = parse(
            "<p><svg viewbox='0 0 9 9' width=9 onload='x()'><g id=a><rect width=3 fill='\"&'/></g><use xlink:href='#a'/><script>x&lt;y</script><x:y/><foreignObject><p>no</p></foreignObject></svg>",
        );
        let dom = dom.unwrap();
        let mut svg = None;
        dom.walk(NodeId::DOCUMENT, |id| {
            if dom.element(id).is_some_and(|e| e.is_svg()) && svg.is_none() {
                svg = Some(id);
            }
            crate::html::dom::Walk::Enter
        });
        let text = serialise(svg.unwrap(), &dom).unwrap();
        assert_eq!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 9\" \
             width=\"9\" onload=\"x()\"><g id=\"a\"><rect width=\"3\" fill=\"&quot;&amp;\"></rect></g><use \
             xlink:href=\"#a\"></use><script>x&lt;y</script><foreignObject></foreignObject></svg>"
        );
    }
}
