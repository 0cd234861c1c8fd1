//! PDF documents, good and bad, as the dots they become.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod jbig2;

use platen_escpos::images::Halftone;
use platen_escpos::pdf::pages;
use platen_escpos::{Bitmap, Profile, encode, text_view};
use platen_job::{Document, Picture};
use std::io::Write;

/// A document of these objects, numbered from 1; the first is the catalogue. Streams come as their dictionary's inside and their data.
struct Maker {
    out: Vec<u8>,
    offsets: Vec<usize>,
}

impl Maker {
    fn new() -> Maker {
        Maker { out: b"%PDF-1.7\n".to_vec(), offsets: Vec::new() }
    }

    fn object(mut self, body: &str) -> Maker {
        self.begin();
        self.out.extend(body.as_bytes());
        self.out.extend(b"\nendobj\n");
        self
    }

    fn stream(mut self, dictionary: &str, data: &[u8]) -> Maker {
        self.begin();
        write!(self.out, "<< {dictionary} /Length {} >>\nstream\n", data.len()).unwrap();
        self.out.extend(data);
        self.out.extend(b"\nendstream\nendobj\n");
        self
    }

    fn begin(&mut self) {
        self.offsets.push(self.out.len());
        writeln!(self.out, "{} 0 obj", self.offsets.len()).unwrap();
    }

    fn done(mut self, trailer: &str) -> Vec<u8> {
        let start = self.out.len();
        write!(self.out, "xref\n0 {}\n0000000000 65535 f \n", self.offsets.len() + 1).unwrap();
        for offset in &self.offsets {
            writeln!(self.out, "{offset:010} 00000 n ").unwrap();
        }
        write!(
            self.out,
            "trailer << /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n",
            self.offsets.len() + 1
        )
        .unwrap();
        self.out
    }
}

/// A document of one page with that content and these resources; more objects may follow from number 5.
fn page(media: &str, resources: &str, content: &str) -> Maker {
    Maker::new()
        .object("<< /Type /Catalog /Pages 2 0 R >>")
        .object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .object(&format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [{media}] /Contents 4 0 R /Resources << {resources} >> >>"
        ))
        .stream("", content.as_bytes())
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[track_caller]
fn reason(bytes: &[u8]) -> String {
    match pages(bytes, Halftone::Auto, 576) {
        Err(reason) => reason.to_string(),
        Ok(pages) => panic!("{} pages were drawn", pages.len()),
    }
}

/// Whatever comes of a document, a refusal or pages, it comes.
fn settles(bytes: &[u8]) {
    let _ = pages(bytes, Halftone::Auto, 576);
}

fn black(bitmap: &Bitmap) -> usize {
    bitmap.packed().iter().map(|byte| byte.count_ones() as usize).sum()
}

#[test]
fn a_page_is_trimmed_and_fills_the_paper() {
    // A square of 200 points somewhere on a large page.
    let bytes = page("0 0 595 842", "", "0 g 300 400 200 200 re f").done("");
    let drawn = pages(&bytes, Halftone::Auto, 576).unwrap();
    assert_eq!(drawn.len(), 1);
    let (width, height) = (drawn[0].width(), drawn[0].height());
    assert!((560..=576).contains(&width) && (560..=580).contains(&height), "{width} × {height}");
    assert!(black(&drawn[0]) * 100 > width * height * 94);
}

#[test]
fn nothing_is_printed_larger_than_it_is() {
    let bytes = page("0 0 226 400", "", "0 g 20 20 72 72 re f").done("");
    let drawn = pages(&bytes, Halftone::Auto, 576).unwrap();
    assert!((200..=216).contains(&drawn[0].width()), "an inch, not {}", drawn[0].width());
}

#[test]
fn all_pages_share_one_scale_and_blank_ones_are_left_out() {
    let bytes = Maker::new()
        .object("<< /Type /Catalog /Pages 2 0 R >>")
        .object("<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 /MediaBox [0 0 400 400] >>")
        .object("<< /Type /Page /Parent 2 0 R /Contents 6 0 R >>")
        .object("<< /Type /Page /Parent 2 0 R >>")
        .object("<< /Type /Page /Parent 2 0 R /Contents 7 0 R >>")
        .stream("", b"0 g 100 300 200 50 re f")
        .stream("", b"0 g 100 100 100 50 re f")
        .done("");
    let drawn = pages(&bytes, Halftone::Auto, 576).unwrap();
    assert_eq!(drawn.len(), 2);
    assert_eq!(drawn[0].width(), drawn[1].width());
    let ratio = black(&drawn[0]) as f64 / black(&drawn[1]) as f64;
    assert!((1.9..2.1).contains(&ratio), "{ratio}");
}

#[test]
fn text_in_the_standard_fonts_is_drawn() {
    let fonts = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
    let bytes = page("0 0 226 100", fonts, "BT /F1 20 Tf 10 50 Td (Total 20.33) Tj ET").done("");
    let drawn = pages(&bytes, Halftone::Auto, 576).unwrap();
    assert!(black(&drawn[0]) > 2_000);
}

/// Pictures as scanners and faxes pack them. The square was written by other programs (Pillow: OpenJPEG, libtiff).
#[test]
fn scanned_pictures_are_drawn() {
    let jpeg_2000 = include_bytes!("data/square.jp2");
    let fax = include_bytes!("data/square.g4");
    let packed = [
        ("/Filter /JPXDecode", jpeg_2000.as_slice()),
        (
            "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 64 /Rows 64 /BlackIs1 true >>",
            fax,
        ),
    ];
    for (filter, data) in packed {
        let bits = if data.len() > 100 { 8 } else { 1 };
        let bytes = page("0 0 100 100", "/XObject << /X 5 0 R >>", "64 0 0 64 0 0 cm /X Do")
            .stream(&format!("/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent {bits} {filter}"), data)
            .done("");
        let drawn = pages(&bytes, Halftone::Threshold, 576).unwrap();
        let (width, height) = (drawn[0].width(), drawn[0].height());
        // 32 by 48 dots of 64, at 203 to 72.
        assert!((86..=96).contains(&width) && (131..=141).contains(&height), "{width} × {height}");
        assert!(black(&drawn[0]) * 100 > width * height * 85);
    }
}

#[test]
fn damaged_empty_and_encrypted_documents_are_refused_with_the_reason() {
    assert_eq!(reason(b""), "the PDF has nothing to print");
    assert_eq!(reason(b"%PDF-1.7"), "the PDF is damaged");
    assert_eq!(reason(b"no document"), "the PDF is damaged");
    let whole = page("0 0 200 200", "", "0 g 10 10 50 50 re f").done("");
    assert_eq!(reason(&page("0 0 200 200", "", "").done("")), "the PDF has nothing to print");
    let encrypted = page("0 0 200 200", "", "0 g 10 10 50 50 re f")
        .object("<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (01234567890123456789012345678901) /U (01234567890123456789012345678901) >>")
        .done("/Encrypt 5 0 R /ID [(0123456789012345) (0123456789012345)]");
    assert_eq!(reason(&encrypted), "the PDF is encrypted");
    let lost = String::from_utf8(whole).unwrap().replace("startxref\n", "startxref\n99999");
    let found = pages(lost.as_bytes(), Halftone::Auto, 576).unwrap();
    assert_eq!(found.len(), 1, "the table of contents is made anew");
}

/// However much of it came, a part of a document is none: the rest may hold pages, or their content.
#[test]
fn a_document_that_is_cut_off_says_so() {
    let pages = Maker::new()
        .object("<< /Type /Catalog /Pages 2 0 R >>")
        .object("<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 200 200] >>")
        .object("<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>")
        .object("<< /Type /Page /Parent 2 0 R /Contents 6 0 R >>")
        .stream("", b"0 g 20 20 100 50 re f")
        .stream("", b"0 g 20 20 100 80 re f")
        .done("");
    let end = pages.windows(7).position(|word| word == b"trailer").unwrap();
    for length in (17..end).step_by(23).chain([end]) {
        let reason = reason(&pages[..length]);
        assert_eq!(reason, "the PDF is damaged: it is cut off before its end", "{length} bytes");
    }
    // One whose table is missing, but not its end, is drawn as before.
    let bare = [
        &pages[..pages.windows(5).position(|word| word == b"xref\n").unwrap()],
        b"trailer << /Root 1 0 R >>\n%%EOF\n",
    ]
    .concat();
    assert_eq!(platen_escpos::pdf::pages(&bare, Halftone::Auto, 576).unwrap().len(), 2);
    // What programs put behind the end is no harm.
    let padded = [&pages, &[0; 300][..]].concat();
    assert_eq!(platen_escpos::pdf::pages(&padded, Halftone::Auto, 576).unwrap().len(), 2);
}

/// A picture as fax scanners pack it (ITU-T T.88): a generic region, coded arithmetically, with the template of 16 neighbours.
#[test]
fn a_picture_packed_as_jbig2_is_the_picture() {
    const SIDE: usize = 64;
    // A square with a notch: turned or mirrored, it would be another one.
    let is_black = |x: usize, y: usize| {
        (8..56).contains(&x)
            && (16..48).contains(&y)
            && !((8..20).contains(&x) && (16..24).contains(&y))
    };
    let document = |dictionary: &str, data: &[u8]| {
        page("0 0 100 100", "/XObject << /X 5 0 R >>", "64 0 0 64 0 0 cm /X Do")
            .stream(&format!("/Type /XObject /Subtype /Image /Width {SIDE} /Height {SIDE} /ColorSpace /DeviceGray /BitsPerComponent 1 {dictionary}"), data)
            .done("")
    };
    let mut plain = vec![0xff; SIDE * SIDE / 8];
    for (x, y) in
        (0..SIDE * SIDE).map(|at| (at % SIDE, at / SIDE)).filter(|(x, y)| is_black(*x, *y))
    {
        plain[y * SIDE / 8 + x / 8] &= !(0x80 >> (x % 8));
    }
    let packed = jbig2::packed(SIDE, &is_black);
    assert!(packed.len() < plain.len() / 3, "{} bytes", packed.len());
    let drawn =
        pages(&document("/Filter /JBIG2Decode", &packed), Halftone::Threshold, 576).unwrap();
    let meant = pages(&document("", &plain), Halftone::Threshold, 576).unwrap();
    assert!(drawn == meant);
    assert!(black(&drawn[0]) > 10_000);
    // Without its region there is nothing to see, and that is no picture.
    let headless = &packed[..11 + 19];
    assert_ne!(
        pages(&document("/Filter /JBIG2Decode", headless), Halftone::Threshold, 576),
        Ok(meant)
    );
}

#[test]
fn too_much_paper_is_refused() {
    let many = Maker::new().object("<< /Type /Catalog /Pages 2 0 R >>").object(&format!(
        "<< /Type /Pages /Kids [{}] /Count 60 >>",
        (3..63).map(|n| format!("{n} 0 R ")).collect::<String>()
    ));
    let many = (0..60).fold(many, |made, _| {
        made.object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>")
    });
    assert_eq!(reason(&many.done("")), "the PDF has 60 pages, 50 are allowed");
    let long = page("0 0 10 2000000", "", "0 g 1 1 8 1999990 re f").done("");
    assert!(reason(&long).contains("too long for the paper"), "{}", reason(&long));
    let huge = page("0 0 1e30 1e30", "", "0 g 1 1 1e29 1e29 re f").done("");
    settles(&huge);
    let odd = page("0 0 0 0", "", "0 g 1 1 8 8 re f").done("");
    settles(&odd);
}

#[test]
fn documents_that_repeat_themselves_are_refused() {
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 200 200]";
    let forms = |n: usize| format!("{form} /Resources << /XObject << /X {n} 0 R >> >>");
    // Each form draws the next one twice, 40 deep.
    let doubling = (5..45)
        .fold(page("0 0 200 200", "/XObject << /X 5 0 R >>", "/X Do"), |made, n| {
            made.stream(&forms(n + 1), b"/X Do /X Do")
        });
    let doubling = doubling.stream(form, b"0 g 10 10 50 50 re f").done("");
    assert!(reason(&doubling).contains("too much work"), "{}", reason(&doubling));
    // One form draws itself twice.
    let itself = page("0 0 200 200", "/XObject << /X 5 0 R >>", "/X Do")
        .stream(&forms(5), b"0 g 1 1 2 2 re f /X Do /X Do")
        .done("");
    settles(&itself);
    // A pattern painted with itself.
    let pattern = page("0 0 200 200", "/Pattern << /P 5 0 R >>", "/Pattern cs /P scn 0 0 200 200 re f")
        .stream("/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << /Pattern << /P 5 0 R >> >>", b"/Pattern cs /P scn 0 0 9 9 re f 0 0 9 9 re f")
        .done("");
    settles(&pattern);
    let tiny = page("0 0 200 200", "/Pattern << /P 5 0 R >>", "/Pattern cs /P scn 0 0 200 200 re f")
        .stream("/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1000 1000] /XStep .1 /YStep .1 /Resources << >>", b"0 0 9 9 re f")
        .done("");
    assert_eq!(reason(&tiny), "the PDF asks for too much work: pattern tiles");
    let dashes = page("0 0 200 200", "", "[.00001] 0 d 0 0 m 200 200 l S").done("");
    assert_eq!(reason(&dashes), "the PDF asks for too much work: dashes");
    // A tree of pages that has itself as a branch.
    let tree = Maker::new()
        .object("<< /Type /Catalog /Pages 2 0 R >>")
        .object("<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1 >>")
        .done("");
    settles(&tree);
    let operators = page("0 0 200 200", "", &"0 0 200 200 re f ".repeat(900_000)).done("");
    assert!(reason(&operators).contains("too much work"));
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let once = deflated(&vec![b' '; 200 << 20]);
    let twice = deflated(&once);
    let content = |filter: &str, data: &[u8]| {
        Maker::new()
            .object("<< /Type /Catalog /Pages 2 0 R >>")
            .object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
            .object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>")
            .stream(filter, data)
            .done("")
    };
    for bomb in [
        content("/Filter /FlateDecode", &once),
        content("/Filter [/FlateDecode /FlateDecode]", &twice),
        // Without the head of a zlib stream.
        content("/Filter /FlateDecode", &once[2..]),
        content("/Filter /LZW#44ecode", &[0x55; 200_000]),
        content("/Filter /RunLengthDecode", &[0x81; 4 << 20]),
    ] {
        assert!(reason(&bomb).contains("unpacks to more than"), "{}", reason(&bomb));
    }
    let picture = |dictionary: &str, data: &[u8]| {
        page("0 0 200 200", "/XObject << /X 5 0 R >>", "200 0 0 200 0 0 cm /X Do")
            .stream(&format!("/Type /XObject /Subtype /Image {dictionary}"), data)
            .done("")
    };
    let grey = "/ColorSpace /DeviceGray /BitsPerComponent 8";
    let wide = picture(&format!("/Width 60000 /Height 60000 {grey}"), b"x");
    assert_eq!(reason(&wide), "the PDF asks for too much work: dots in a picture");
    for filter in ["JPXDecode", "JBIG2Decode", "DCTDecode"] {
        let odd = picture(&format!("/Width 10 /Height 10 {grey} /Filter /{filter}"), b"x");
        assert_eq!(reason(&odd), "the PDF has a picture that cannot be read", "{filter}");
    }
    let lying =
        picture(&format!("/Width 10 /Height 10 {grey} /Filter /DCTDecode"), b"\xff\xd8\xff\xc0");
    assert_eq!(reason(&lying), "the PDF has a picture that cannot be read");
}

#[test]
fn pages_are_pictures_one_below_another_with_one_cut() {
    let profile = Profile::builtin("generic-80").unwrap();
    let bytes = Maker::new()
        .object("<< /Type /Catalog /Pages 2 0 R >>")
        .object("<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 200 200] >>")
        .object("<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>")
        .object("<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>")
        .stream("", b"0 g 20 20 100 50 re f")
        .done("");
    let document = |bytes: Vec<u8>| {
        Document::Pdf(Box::new(Picture { bytes: bytes.into(), ..Picture::default() }))
    };
    let encoded = encode(&document(bytes), &profile, None).unwrap();
    let text = text_view(&encoded.bytes, &profile);
    // Its reader may take pictures with a line between them for one.
    assert!(
        text.contains("[image 288×294]") || text.matches("[image 288×147]").count() == 2,
        "{text}"
    );
    assert_eq!(text.matches('✂').count(), 1);
    let reason = encode(&document(b"%PDF-".to_vec()), &profile, None).unwrap_err();
    assert_eq!(reason.to_string(), "the PDF is damaged");
}
