//! Pictures that are larger than they look.

use super::HostileFile;
use flate2::{Compression, write::ZlibEncoder};
use std::io::Write;

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='576' height='576'>";

pub(super) fn files() -> Vec<HostileFile> {
    let picture =
        |name: &str, bytes: Vec<u8>| HostileFile::new(format!("picture-{name}"), "image", bytes);
    let mut all = vec![
        picture("png-of-100-megapixels", png(10_000, 10_000)),
        picture("png-at-the-limit", png(4_000, 4_000)),
        picture("png-of-a-great-width", png(5_000_000, 1)),
        picture("png-with-a-header-only", png_header(60_000, 60_000)),
        picture("png-with-text-that-grows", png_with_text()),
        picture("png-cut-short", png(3_000, 3_000)[..600].to_vec()),
        picture("gif-of-a-great-screen", b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;".to_vec()),
        picture("bmp-of-a-great-size", bmp()),
        picture("jpeg-with-a-great-header", b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0?\0".to_vec()),
    ];
    all.extend(drawings().into_iter().map(|(name, inner)| {
        picture(&format!("svg-{name}"), format!("{SVG}{inner}</svg>").into_bytes())
    }));
    let laughs: String = (1..10)
        .map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let laughs = format!("<!DOCTYPE svg [<!ENTITY l0 'ha'>{laughs}]>{SVG}<text>&l9;</text></svg>");
    all.push(picture("svg-of-a-billion-laughs", laughs.into_bytes()));
    let entity = format!(
        "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{SVG}<text y='99'>&x;</text></svg>"
    );
    all.push(picture("svg-with-an-external-entity", entity.into_bytes()));
    all
}

fn drawings() -> Vec<(&'static str, String)> {
    let uses: String = (1..18)
        .map(|n| {
            format!("<g id='u{n}'>{}</g>", format!("<use xlink:href='#u{}'/>", n - 1).repeat(4))
        })
        .collect();
    let waves: String =
        (0..40_000).map(|n| format!("L{} {}", n % 576, (n * 7_919) % 576)).collect();
    vec![
        ("uses", format!("<g id='u0'><rect width='9' height='9'/></g>{uses}")),
        ("layers", format!("{}<rect width='9' height='9'/>", "<g opacity='.5'>".repeat(200))),
        ("rectangles", "<rect width='576' height='576' opacity='.5'/>".repeat(5_000)),
        ("path", format!("<path stroke='red' stroke-width='50' d='M0 0{waves}'/>")),
        ("dashes", "<path stroke='red' stroke-dasharray='.0001' d='M0 0L576 576'/>".into()),
        ("turbulence", "<filter id='f'><feTurbulence baseFrequency='.1' numOctaves='100000'/></filter><rect width='576' height='576' filter='url(#f)'/>".into()),
        ("blur", format!("<filter id='f'>{}</filter><rect width='576' height='576' filter='url(#f)'/>", "<feGaussianBlur stdDeviation='500'/>".repeat(40))),
        ("morphology", "<filter id='f'><feMorphology operator='dilate' radius='500'/></filter><rect width='576' height='576' filter='url(#f)'/>".into()),
        ("text", format!("<text y='99'>{}</text>", "word ".repeat(900))),
        ("text-in-no-font", format!("<text y='99'>{}</text>", "\u{10380}".repeat(4_900))),
        ("text-accents", format!("<text y='99'>a{}</text>", "\u{301}".repeat(4_900))),
        ("text-huge", "<text y='500' font-size='100000' stroke='black' stroke-width='90'>क</text>".repeat(400)),
        ("text-runs", (0..450).map(|n| format!("<text y='{n}' font-size='{n}' rotate='3'>abcdeكभ☕</text>")).collect()),
        ("deep", format!("{}{}", "<g>".repeat(50_000), "</g>".repeat(50_000))),
        ("style-rules", format!("<style>{}</style>{}", "rect{fill:red}".repeat(20_000), "<rect/>".repeat(2_000))),
        ("style-sheet", format!("<style>{}</style><rect/>", "a{b:c}".repeat(60_000))),
        ("strokes", format!("<path stroke='#000' d='M0 0{}'/>", "L576 400L0 1".repeat(80_000))),
        ("style-walks", format!("<style>g g g g g g rect{{fill:red}}</style>{}<rect/>{}", "<g>".repeat(200), "</g>".repeat(200))),
        ("masks", format!("{}<rect width='576' height='576' mask='url(#m7)'/>", (0..8).map(|n| format!("<mask id='m{}'><rect width='576' height='576' fill='white' mask='url(#m{n})'/></mask>", n + 1)).collect::<String>())),
    ]
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    let mut crc = flate2::Crc::new();
    for part in [name.as_slice(), data] {
        crc.update(part);
        out.extend(part);
    }
    out.extend(crc.sum().to_be_bytes());
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    out
}

/// A black picture in colour, a thousand times smaller as a file than in memory.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = png_header(width, height);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let row = vec![0; width as usize * 3 + 1];
    (0..height).for_each(|_| encoder.write_all(&row).unwrap());
    chunk(&mut out, b"IDAT", &encoder.finish().unwrap());
    chunk(&mut out, b"IEND", b"");
    out
}

/// A small picture whose comment is half a gigabyte once it is unpacked.
fn png_with_text() -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let spaces = vec![b' '; 1 << 20];
    (0..512).for_each(|_| encoder.write_all(&spaces).unwrap());
    let mut text = b"Comment\0\0".to_vec();
    text.extend(encoder.finish().unwrap());
    let small = png(8, 8);
    let (header, rest) = small.split_at(33);
    let mut out = header.to_vec();
    chunk(&mut out, b"zTXt", &text);
    out.extend(rest);
    out
}

fn bmp() -> Vec<u8> {
    let mut out = b"BM".to_vec();
    out.extend([0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0]);
    out.extend(60_000_u32.to_le_bytes());
    out.extend(60_000_u32.to_le_bytes());
    out.extend([1, 0, 24, 0]);
    out.extend([0; 24]);
    out
}
