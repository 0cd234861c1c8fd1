//! Documents that ask for more work than their size tells.

use super::HostileFile;
use flate2::{Compression, write::ZlibEncoder};
use std::fmt::Write as _;
use std::io::Write as _;

const FORM: &str = "/Type /XObject /Subtype /Form /BBox [0 0 200 200]";

pub(super) fn files() -> Vec<HostileFile> {
    let made: Vec<(&str, Vec<u8>)> = vec![
        ("unpacks", content("/Filter /FlateDecode", &deflated(&vec![b' '; 200 << 20]))),
        ("unpacks-lzw", content("/Filter /LZWDecode", &[0x55; 200_000])),
        ("operators", page("", &"0 0 200 200 re f ".repeat(200_000))),
        ("strokes", page("", &format!("5 w 0 0 m {} S", waves(60_000)))),
        ("round-strokes", page("", &format!("90 w 1 J 1 j 0 0 m {} S", waves(20_000)))),
        ("fills", page("", &format!("0 0 m {} f*", waves(60_000)))),
        ("clips", page("", &"0 0 m 200 0 l 100 200 l h W n 0 0 200 200 re f ".repeat(20_000))),
        ("states", page("", &format!("{}0 0 9 9 re f", "q ".repeat(500_000)))),
        (
            "text",
            page(
                HELVETICA,
                &format!("BT /F 12 Tf 10 50 Td {} ET", "(Total 20.33) Tj ".repeat(50_000)),
            ),
        ),
        (
            "great-text",
            page(HELVETICA, &format!("BT /F 90000 Tf 10 50 Td {} ET", "(Total) Tj ".repeat(5_000))),
        ),
        ("groups", groups()),
        ("masks", masks()),
        ("shading", shading()),
        ("function", function()),
        ("tiles", tiles()),
        ("type-3", type_3()),
        ("picture-many-times", picture()),
        ("doubling-forms", doubling()),
        ("boxes", page("", "1e38 0 0 1e38 0 0 cm 0 0 1e38 1e38 re f -1e38 -1e38 1e-38 1e38 re S")),
    ];
    made.into_iter()
        .map(|(name, bytes)| HostileFile::new(format!("pdf-{name}"), "pdf", bytes))
        .collect()
}

const HELVETICA: &str = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";

fn waves(corners: u32) -> String {
    (0..corners).fold(String::new(), |mut path, n| {
        let _ = write!(path, "{} {} l ", n % 200, (n * 7_919) % 200);
        path
    })
}

/// Transparent forms within each other.
fn groups() -> Vec<u8> {
    let group = |next: usize| {
        format!(
            "{FORM} /Group << /S /Transparency /I true >> /Resources << /XObject << /X {next} 0 R >> /ExtGState << /G << /ca .5 /BM /Luminosity >> >> >>"
        )
    };
    let first = Objects::page("/XObject << /X 5 0 R >>", "/X Do");
    let all = (5..60).fold(first, |made, n| made.stream(&group(n + 1), b"/G gs /X Do"));
    all.stream(FORM, b"0 g 10 10 50 50 re f").done()
}

/// Soft masks within soft masks.
fn masks() -> Vec<u8> {
    let mask = |next: usize| {
        format!(
            "{FORM} /Group << /S /Transparency /CS /DeviceGray >> /Resources << /ExtGState << /G << /SMask << /S /Luminosity /G {next} 0 R >> >> >> >>"
        )
    };
    let first = Objects::page(
        "/ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >>",
        "/G gs 0 0 200 200 re f",
    );
    let all =
        (5..60).fold(first, |made, n| made.stream(&mask(n + 1), b"/G gs 1 g 0 0 200 200 re f"));
    all.stream(FORM, b"1 g 10 10 50 50 re f").done()
}

/// A mesh of patches that all lie over each other.
fn shading() -> Vec<u8> {
    let patch: Vec<u8> = std::iter::once(0)
        .chain((0..12).flat_map(|n| [n * 20, 255 - n * 20]))
        .chain([0, 90, 180, 255])
        .collect();
    Objects::page("/Shading << /S 5 0 R >>", &"/S sh ".repeat(50))
        .stream("/ShadingType 6 /ColorSpace /DeviceGray /BitsPerCoordinate 8 /BitsPerComponent 8 /BitsPerFlag 8 /Decode [0 200 0 200 0 1]", &patch.repeat(20_000))
        .done()
}

/// A colour for every dot from a long program.
fn function() -> Vec<u8> {
    let program = format!("{{ pop {} }}", "dup mul sqrt sin abs ".repeat(20_000));
    Objects::page("/Shading << /S << /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 200 0 200] /Function 5 0 R >> >>", "/S sh")
        .stream("/FunctionType 4 /Domain [0 200 0 200] /Range [0 1]", program.as_bytes())
        .done()
}

fn tiles() -> Vec<u8> {
    let pattern = "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 200 200] /XStep 1 /YStep 1 /Resources << >>";
    Objects::page(
        "/Pattern << /P 5 0 R >>",
        &format!("/Pattern cs /P scn {}", "0 0 200 200 re f ".repeat(100)),
    )
    .stream(pattern, "0 0 200 200 re f ".repeat(100).as_bytes())
    .done()
}

/// A font whose letter draws a line of itself.
fn type_3() -> Vec<u8> {
    let font = "/Font << /F 5 0 R >>";
    let letter = format!("1000 0 d0 BT /F 1 Tf {} ET", "(aaaaaaaaaa) Tj ".repeat(10));
    Objects::page(font, "BT /F 12 Tf (a) Tj ET")
        .object(&format!("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a 6 0 R >> /Encoding << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [1] /Resources << {font} >> >>"))
        .stream("", letter.as_bytes())
        .done()
}

fn picture() -> Vec<u8> {
    let dots = deflated(&vec![0x55; 2_000 * 2_000]);
    Objects::page("/XObject << /X 5 0 R >>", &"q 200 0 0 200 0 0 cm /X Do Q ".repeat(2_000))
        .stream("/Type /XObject /Subtype /Image /Width 2000 /Height 2000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", &dots)
        .done()
}

fn doubling() -> Vec<u8> {
    let forms = |next: usize| format!("{FORM} /Resources << /XObject << /X {next} 0 R >> >>");
    let first = Objects::page("/XObject << /X 5 0 R >>", "/X Do");
    let all = (5..45).fold(first, |made, n| made.stream(&forms(n + 1), b"/X Do /X Do"));
    all.stream(FORM, b"0 g 10 10 50 50 re f").done()
}

fn page(resources: &str, content: &str) -> Vec<u8> {
    Objects::page(resources, content).done()
}

fn content(filter: &str, data: &[u8]) -> Vec<u8> {
    Objects::begin("").stream(filter, data).done()
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A document as it is written, object by object, numbered from 1.
struct Objects {
    out: Vec<u8>,
    offsets: Vec<usize>,
}

impl Objects {
    /// A page of 200 points a side with these resources; its content is to follow as object 4.
    fn begin(resources: &str) -> Objects {
        Objects { out: b"%PDF-1.7\n".to_vec(), offsets: Vec::new() }
            .object("<< /Type /Catalog /Pages 2 0 R >>")
            .object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
            .object(&format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << {resources} >> >>"))
    }

    fn page(resources: &str, content: &str) -> Objects {
        Objects::begin(resources).stream("", content.as_bytes())
    }

    fn object(mut self, body: &str) -> Objects {
        self.number();
        self.out.extend(body.as_bytes());
        self.out.extend(b"\nendobj\n");
        self
    }

    fn stream(mut self, dictionary: &str, data: &[u8]) -> Objects {
        self.number();
        write!(self.out, "<< {dictionary} /Length {} >>\nstream\n", data.len()).unwrap();
        self.out.extend(data);
        self.out.extend(b"\nendstream\nendobj\n");
        self
    }

    fn number(&mut self) {
        self.offsets.push(self.out.len());
        writeln!(self.out, "{} 0 obj", self.offsets.len()).unwrap();
    }

    fn done(mut self) -> Vec<u8> {
        let start = self.out.len();
        write!(self.out, "xref\n0 {}\n0000000000 65535 f \n", self.offsets.len() + 1).unwrap();
        for offset in &self.offsets {
            writeln!(self.out, "{offset:010} 00000 n ").unwrap();
        }
        let size = self.offsets.len() + 1;
        write!(self.out, "trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")
            .unwrap();
        self.out
    }
}
