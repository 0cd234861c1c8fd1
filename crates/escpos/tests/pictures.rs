//! Senders' pictures, good and bad, as the dots they become.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use platen_escpos::images::{Fit, Grey, Halftone, ImageError, bitmap, decode, drawn};
use platen_escpos::paper::{Kind, Paper, Part};
use platen_escpos::{
    Bitmap, Command, EncodeError, Graphics, Note, Profile, Token, encode, scan, text_view,
};
use platen_job::{
    Document, Frame, Mark, Money, Picture, PictureAlign, PictureOptions, PictureWidth, Receipt,
};
use proptest::prelude::*;
use std::io::Cursor;

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn shades(bytes: &[u8], dots: usize) -> Grey {
    decode(bytes, Fit::Natural, dots).unwrap()
}

/// Left half black, right half white.
fn halves(width: u32, height: u32) -> DynamicImage {
    let shade = |x: u32, _| if x < width / 2 { Rgb([0, 0, 0]) } else { Rgb([255, 255, 255]) };
    RgbImage::from_fn(width, height, shade).into()
}

/// The share of black dots, in per cent.
fn blackness(bitmap: &Bitmap) -> f64 {
    let black: u32 = bitmap.packed().iter().map(|byte| byte.count_ones()).sum();
    f64::from(black) * 100.0 / (bitmap.width() * bitmap.height()) as f64
}

#[test]
fn every_format_comes_out_alike() {
    let picture = halves(64, 16);
    for format in
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP]
    {
        let bytes = file(&picture, format);
        let bitmap = bitmap(&bytes, Fit::Natural, Halftone::Auto, 576).unwrap();
        assert_eq!((bitmap.width(), bitmap.height()), (64, 16), "{format:?}");
        for y in 0..16 {
            assert_eq!(bitmap.row(y), [255, 255, 255, 255, 0, 0, 0, 0], "{format:?}, row {y}");
        }
    }
}

#[test]
fn what_is_transparent_is_white() {
    let see_through = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    assert_eq!(shades(&file(&see_through.into(), ImageFormat::Png), 576).shades(), [255; 64]);
    let half = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 128]));
    assert_eq!(shades(&file(&half.into(), ImageFormat::Png), 576).shades(), [127; 64]);
}

#[test]
fn sixteen_bits_and_palettes_are_read() {
    let deep = image::ImageBuffer::<Luma<u16>, _>::from_pixel(4, 4, Luma([0x8000]));
    assert_eq!(shades(&file(&deep.into(), ImageFormat::Png), 576).shades(), [128; 16]);
    let gif = file(&RgbImage::from_pixel(4, 4, Rgb([255, 0, 0])).into(), ImageFormat::Gif);
    let red = shades(&gif, 576).shades()[0];
    assert!((100..=150).contains(&red), "red is as bright as a middle grey, not {red}");
}

#[test]
fn wide_pictures_are_reduced_and_small_ones_stay() {
    let picture = file(&halves(1000, 500), ImageFormat::Png);
    let grey = shades(&picture, 576);
    assert_eq!((grey.width(), grey.height()), (576, 288));
    assert_eq!((grey.row(0)[286], grey.row(0)[289]), (0, 255));
    let small = file(&halves(100, 50), ImageFormat::Png);
    assert_eq!(shades(&small, 576).width(), 100);
    let asked = decode(&small, Fit::Width(200), 576).unwrap();
    assert_eq!((asked.width(), asked.height()), (200, 100));
    assert_eq!(decode(&small, Fit::Width(2000), 576).unwrap().width(), 576);
}

#[test]
fn fine_lines_keep_their_brightness_when_they_are_reduced() {
    // Black and white lines in turn: half the light, which is a light grey to the eye.
    let lines = GrayImage::from_fn(1152, 64, |x, _| Luma([if x % 2 == 0 { 0 } else { 255 }]));
    let grey = shades(&file(&lines.into(), ImageFormat::Png), 576);
    assert!(grey.shades().iter().all(|shade| (186..=189).contains(shade)));
}

#[test]
fn photographs_keep_their_shades_and_line_art_its_edges() {
    let ramp = GrayImage::from_fn(256, 64, |x, _| Luma([x as u8]));
    let ramp = file(&ramp.into(), ImageFormat::Png);
    for (halftone, from, to) in [(Halftone::Auto, 49.0, 51.0), (Halftone::Atkinson, 42.0, 58.0)] {
        let black = blackness(&bitmap(&ramp, Fit::Natural, halftone, 576).unwrap());
        assert!((from..to).contains(&black), "{halftone:?}: {black} %");
    }
    // A soft edge of one dot: dithered it would be ragged, by threshold it is straight.
    let edge = GrayImage::from_fn(64, 64, |x, _| {
        Luma([if x < 31 {
            0
        } else if x == 31 {
            140
        } else {
            255
        }])
    });
    let edge = bitmap(&file(&edge.into(), ImageFormat::Png), Fit::Natural, Halftone::Auto, 576);
    assert!((0..64).all(|y| edge.as_ref().unwrap().row(y) == edge.as_ref().unwrap().row(0)));
    // A flat area of grey must not turn white or black.
    let flat = GrayImage::from_pixel(64, 64, Luma([190]));
    let flat = bitmap(&file(&flat.into(), ImageFormat::Png), Fit::Natural, Halftone::Auto, 576);
    assert!((20.0..32.0).contains(&blackness(&flat.unwrap())));
}

#[test]
fn a_cameras_orientation_is_applied() {
    let picture = halves(40, 20);
    let plain = file(&picture, ImageFormat::Jpeg);
    // Where ink is: left upper corner and right lower one, as (first column, last row).
    let corner = |orientation: u8| {
        let mut exif =
            b"\xff\xd8\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"
                .to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        exif.extend(&plain[2..]);
        let grey = shades(&exif, 576);
        let dark = |x: usize, y: usize| grey.row(y)[x] < 128;
        (grey.width(), dark(2, 2), dark(grey.width() - 3, 2), dark(2, grey.height() - 3))
    };
    assert_eq!(corner(1), (40, true, false, true));
    assert_eq!(corner(2), (40, false, true, false));
    assert_eq!(corner(3), (40, false, true, false));
    assert_eq!(corner(6), (20, true, true, false), "a quarter turn clockwise: left goes up");
    assert_eq!(corner(8), (20, false, false, true));
}

fn refusal(bytes: &[u8]) -> ImageError {
    match bitmap(bytes, Fit::Natural, Halftone::Auto, 576) {
        Err(reason) => reason,
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn bad_files_are_refused_with_the_reason() {
    assert_eq!(refusal(b""), ImageError::Empty);
    assert_eq!(refusal(b"no picture at all"), ImageError::UnknownFormat);
    assert_eq!(
        refusal(&vec![0; (16 << 20) + 1]).to_string(),
        "the picture has more than 16777216 bytes"
    );
    let png = file(&halves(64, 64), ImageFormat::Png);
    assert_eq!(refusal(&png[..40]), ImageError::Damaged { format: "PNG" });
    assert_eq!(refusal(&png[..png.len() / 2]), ImageError::Damaged { format: "PNG" });
    let tall = GrayImage::from_pixel(1, 40_000, Luma([0]));
    assert_eq!(
        refusal(&file(&tall.into(), ImageFormat::Png)),
        ImageError::TooLong { rows: 40_000, limit: 32_000 }
    );
}

/// A picture's file with another width and height in its header.
fn claiming(format: ImageFormat, side: u32) -> Vec<u8> {
    let mut bytes = file(&halves(64, 64), format);
    match format {
        ImageFormat::Png => {
            bytes[16..20].copy_from_slice(&side.to_be_bytes());
            bytes[20..24].copy_from_slice(&side.to_be_bytes());
            let check = crc(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&check.to_be_bytes());
        }
        ImageFormat::Gif => {
            let side = u16::try_from(side).unwrap().to_le_bytes();
            bytes[6..8].copy_from_slice(&side);
            bytes[8..10].copy_from_slice(&side);
        }
        ImageFormat::Bmp => {
            bytes[18..22].copy_from_slice(&side.to_le_bytes());
            bytes[22..26].copy_from_slice(&side.to_le_bytes());
        }
        ImageFormat::Jpeg => {
            let at = bytes.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
            let side = u16::try_from(side).unwrap().to_be_bytes();
            bytes[at + 5..at + 7].copy_from_slice(&side);
            bytes[at + 7..at + 9].copy_from_slice(&side);
        }
        _ => {
            // VP8L: 14 bits of width - 1, 14 of height - 1.
            let at = bytes.windows(4).position(|four| four == b"VP8L").unwrap() + 9;
            let sides = (side - 1) | (side - 1) << 14;
            let rest = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) & 0xF000_0000;
            bytes[at..at + 4].copy_from_slice(&(sides | rest).to_le_bytes());
        }
    }
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

#[test]
fn a_hundred_megapixel_header_is_refused_before_anything_is_decoded() {
    for (format, side) in [
        (ImageFormat::Png, 100_000),
        (ImageFormat::Png, 10_000),
        (ImageFormat::Gif, 65_000),
        (ImageFormat::Bmp, 10_000),
        (ImageFormat::Jpeg, 65_000),
        (ImageFormat::Jpeg, 10_000),
        (ImageFormat::WebP, 16_383),
    ] {
        match refusal(&claiming(format, side)) {
            ImageError::TooLarge { .. } | ImageError::Damaged { .. } => {}
            other => panic!("{format:?} of {side}: {other}"),
        }
    }
    let honest = refusal(&claiming(ImageFormat::Png, 10_000));
    assert_eq!(
        honest.to_string(),
        "the picture is too large: 10000 × 10000 dots, 34952533 in all are allowed"
    );
}

#[test]
fn svg_is_drawn_without_files_and_without_the_network() {
    let svg = |inner: &str| {
        format!(
            "<?xml version='1.0'?><!-- logo --><svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='64' height='32'>{inner}</svg>"
        )
    };
    let left = svg("<rect width='32' height='32'/>");
    let beside = bitmap(left.as_bytes(), Fit::Natural, Halftone::Auto, 576).unwrap();
    assert_eq!(beside.row(7), [255, 255, 255, 255, 0, 0, 0, 0]);
    let wide = bitmap(left.as_bytes(), Fit::Width(576), Halftone::Auto, 576).unwrap();
    assert_eq!((wide.width(), wide.height()), (576, 288));
    let png = file(&halves(64, 32), ImageFormat::Png);
    let path = std::env::temp_dir().join(format!("platen-svg-{}.png", std::process::id()));
    std::fs::write(&path, &png).unwrap();
    for href in [
        format!("file://{}", path.display()),
        path.display().to_string(),
        "http://127.0.0.1:9/x.png".into(),
    ] {
        let outside = svg(&format!("<image xlink:href='{href}' width='64' height='32'/>"));
        let drawn = drawn(outside.as_bytes(), Fit::Natural, Halftone::Auto, 576).unwrap();
        assert_eq!(blackness(&drawn.bitmap), 0.0, "something was fetched");
        assert_eq!(drawn.left_out, 1, "{href}");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn pictures_within_svg_are_drawn() {
    let png = file(&halves(64, 32), ImageFormat::Png);
    let data = base64(&png);
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='32'><image href='data:image/png;base64,{data}' width='64' height='32'/></svg>"
    );
    let drawn = bitmap(svg.as_bytes(), Fit::Natural, Halftone::Auto, 576).unwrap();
    assert_eq!(drawn.row(7), [255, 255, 255, 255, 0, 0, 0, 0]);
}

/// What breaks off is refused, wherever it does: half a logo is no logo.
#[test]
fn a_picture_that_breaks_off_is_refused() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = file(&halves(200, 200), format);
        assert!(bitmap(&whole, Fit::Natural, Halftone::Auto, 576).is_ok(), "{format:?}");
        // Of the others the last bytes only say that they are over.
        let parts = if format == ImageFormat::Jpeg { [30, 50, 90, 99] } else { [30, 40, 50, 60] };
        for part in parts {
            let cut = &whole[..whole.len() * part / 100];
            assert!(matches!(refusal(cut), ImageError::Damaged { .. }), "{format:?} at {part} %");
        }
    }
}

/// A pale logo (yellow, lime, light grey) is no white paper.
#[test]
fn pale_letters_are_printed() {
    for colour in ["#ff0", "#0f0", "#0ff", "#dcdcdc"] {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='100'><text x='20' y='80' font-size='60' font-weight='bold' fill='{colour}'>LOGO</text></svg>"
        );
        let drawn = bitmap(svg.as_bytes(), Fit::Natural, Halftone::Auto, 576).unwrap();
        assert!(blackness(&drawn) > 0.3, "{colour} left {} %", blackness(&drawn));
    }
}

/// A grey word in a logo must not go where the black one is printed.
#[test]
fn grey_words_and_hairlines_beside_black_ones_are_printed() {
    let drawn = |more: &str| {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='200'><text x='20' y='80' font-size='60'>BLACK</text>{more}</svg>"
        );
        let drawn = bitmap(svg.as_bytes(), Fit::Natural, Halftone::Auto, 576).unwrap();
        let below: u32 = (100..200).flat_map(|y| drawn.row(y)).map(|byte| byte.count_ones()).sum();
        below
    };
    assert_eq!(drawn(""), 0);
    for grey in [
        "<text x='20' y='160' font-size='30' fill='gray'>grey</text>",
        "<text x='20' y='160' font-size='14' fill='#999'>small and grey</text>",
        "<path d='M20 120.5L380 121M20 150L380 151' stroke='black' stroke-width='.4'/>",
    ] {
        assert!(drawn(grey) > 40, "{grey} left {} dots", drawn(grey));
    }
}

/// A logo with words in it: every script of the bundled fonts leaves its ink, and a letter that no font has disturbs nobody.
#[test]
fn text_within_svg_is_drawn() {
    let words = |text: &str, more: &str| {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='40'><text x='20' y='30' font-size='24' {more}>{text}</text></svg>"
        );
        bitmap(svg.as_bytes(), Fit::Natural, Halftone::Threshold, 576).unwrap()
    };
    let scripts = [
        "Café Zoë",
        "Καφές",
        "Кофе",
        "قهوة",
        "קפה",
        "กาแฟ",
        "कॉफ़ी",
        "কফি",
        "காபி",
        "咖啡",
        "コーヒー",
        "커피",
        "☕",
    ];
    let mut seen = Vec::new();
    for script in scripts {
        let drawn = words(script, "font-family='Arial, sans-serif'");
        assert!(blackness(&drawn) > 0.001, "{script} left no ink");
        assert!(!seen.contains(&drawn), "{script} looks like another");
        seen.push(drawn);
    }
    let missing = words("a\u{10380}b", "");
    assert!(blackness(&missing) >= blackness(&words("ab", "")));
    let (regular, bold) = (words("Platen", ""), words("Platen", "font-weight='bold'"));
    assert!(blackness(&bold) > blackness(&regular) * 1.2, "bold is bolder");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * at) & 63) as usize];
            out.push(if at > three.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

#[test]
fn hostile_svg_is_refused_or_drawn_and_nothing_else() {
    let ns = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'";
    let laughs = (1..10)
        .map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10)))
        .collect::<String>();
    let uses = (1..20)
        .map(|n| {
            format!("<g id='u{n}'>{}</g>", format!("<use xlink:href='#u{}'/>", n - 1).repeat(10))
        })
        .collect::<String>();
    let layers = "<g opacity='.5'>".repeat(100) + &"</g>".repeat(100);
    let hostile = [
        format!(
            "<!DOCTYPE svg [<!ENTITY l0 'ha'>{laughs}]><svg {ns} width='9' height='9'><text>&l9;</text></svg>"
        ),
        format!(
            "<!DOCTYPE svg [<!ENTITY l0 '{}'>]><svg {ns} width='9' height='9'><text>{}</text></svg>",
            "x".repeat(50_000),
            "&l0;".repeat(10_000)
        ),
        format!(
            "<svg {ns} width='9' height='9'><g id='u0'><rect width='9' height='9'/></g>{uses}</svg>"
        ),
        format!(
            "<svg {ns} width='9' height='9'>{}{}</svg>",
            "<g>".repeat(20_000),
            "</g>".repeat(20_000)
        ),
        format!("<svg {ns} width='576' height='576'>{layers}<rect width='9' height='9'/></svg>"),
        format!(
            "<svg {ns} width='576' height='576'>{}</svg>",
            "<rect width='576' height='576'/>".repeat(40_000)
        ),
        format!("<svg {ns} width='1' height='100000'/>"),
        format!(
            "<svg {ns} width='576' height='576'><defs><marker id='m' markerWidth='9' markerHeight='9'>{}</marker></defs><path marker-mid='url(#m)' d='M0 0{}'/></svg>",
            "<rect width='1' height='1'/>".repeat(100),
            " 1 1".repeat(10_000)
        ),
        format!(
            "<svg {ns} width='576' height='576'><path stroke='red' stroke-dasharray='.0001' d='M0 0L576 576'/></svg>"
        ),
        format!(
            "<svg {ns} width='576' height='576'><defs><pattern id='p' width='1e6' height='1e6' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern></defs><rect width='576' height='576' fill='url(#p)'/></svg>"
        ),
        format!(
            "<svg {ns} width='576' height='576'><filter id='f'><feTurbulence baseFrequency='.1' numOctaves='100000'/></filter><rect width='576' height='576' filter='url(#f)'/></svg>"
        ),
        format!(
            "<svg {ns} width='576' height='576'><text>{}</text></svg>",
            "\u{10380}".repeat(6_000)
        ),
        format!(
            "<svg {ns} width='576' height='576'><text id='t'>{}</text>{}</svg>",
            "word ".repeat(100),
            "<use xlink:href='#t'/>".repeat(100)
        ),
        format!(
            "<svg {ns} width='576' height='576'><filter id='f'><feMorphology operator='dilate' radius='500'/></filter><rect width='576' height='576' filter='url(#f)'/></svg>"
        ),
    ];
    for svg in hostile {
        match refusal(svg.as_bytes()) {
            ImageError::TooComplex { .. } | ImageError::TooLong { .. } => {}
            other => panic!("{other} for {}", &svg[..svg.len().min(200)]),
        }
    }
    let circles = [
        format!("<svg {ns} width='9' height='9'><g id='a'><use xlink:href='#a'/><rect width='9' height='9'/></g></svg>"),
        format!("<svg {ns} width='9' height='9'><g id='a'><use xlink:href='#b'/></g><g id='b'><use xlink:href='#a'/></g></svg>"),
        format!("<svg {ns} width='9' height='9'><defs><pattern id='p' width='1' height='1'><rect width='9' height='9' fill='url(#p)'/></pattern></defs><rect width='9' height='9' fill='url(#p)'/></svg>"),
        format!("<svg {ns} width='9' height='9'><mask id='m'><rect width='9' height='9' mask='url(#m)'/></mask><rect width='9' height='9' mask='url(#m)'/></svg>"),
        format!("<svg {ns} width='1e30' height='1e30' viewBox='0 0 1e-30 1e-30'/>"),
        format!("<svg {ns} viewBox='0 0 nan 1'/>"),
        "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&x;</text></svg>".into(),
    ];
    for svg in circles {
        // Whatever comes of it, it comes.
        let _ = bitmap(svg.as_bytes(), Fit::Natural, Halftone::Auto, 576);
    }
}

#[test]
fn floyd_and_steinberg_agree_with_the_textbook() {
    // The same diffusion, slowly, with fractions.
    let grey = Grey::new(37, 23, (0..37 * 23).map(|at| (at * 89 % 251) as u8).collect());
    let fast = Halftone::FloydSteinberg.apply(&grey);
    let (width, height) = (37_i64, 23_i64);
    let mut left: Vec<f64> = grey.shades().iter().map(|shade| f64::from(*shade)).collect();
    let mut differ = 0;
    for y in 0..height {
        for x in 0..width {
            let here = left[(y * width + x) as usize];
            let black = here < 128.0;
            let error = if black { here } else { here - 255.0 };
            for (dx, dy, share) in [(1, 0, 7.0), (-1, 1, 3.0), (0, 1, 5.0), (1, 1, 1.0)] {
                if (0..width).contains(&(x + dx)) && y + dy < height {
                    left[((y + dy) * width + x + dx) as usize] += error * share / 16.0;
                }
            }
            differ += u32::from(black != fast.is_black(x as usize, y as usize));
        }
    }
    // Rounding moves a dot now and then.
    assert!(differ <= 37 * 23 / 8, "{differ} dots differ");
    let wanted = 100.0
        - f64::from(grey.shades().iter().map(|s| u32::from(*s)).sum::<u32>())
            / 255.0
            / (37.0 * 23.0)
            * 100.0;
    assert!((blackness(&fast) - wanted).abs() < 2.0);
}

proptest! {
    #[test]
    fn dots_are_as_dark_as_the_shades(shade in any::<u8>(), width in 33_usize..90, height in 33_usize..60) {
        let grey = Grey::new(width, height, vec![shade; width * height]);
        let wanted = 100.0 - f64::from(shade) / 2.55;
        let black = blackness(&Halftone::FloydSteinberg.apply(&grey));
        prop_assert!((black - wanted).abs() < 3.0, "{black} % for {wanted} %");
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(
        format in prop::sample::select(vec![ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = file(&halves(32, 32), format);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        // A refusal or a picture; a caught panic is a refusal too.
        let _ = bitmap(&bytes, Fit::Natural, Halftone::Auto, 576);
    }

    #[test]
    fn scaling_keeps_the_light(width in 1_u32..300, height in 1_u32..40, to in 1_usize..300, shade in any::<u8>()) {
        let picture = file(&GrayImage::from_pixel(width, height, Luma([shade])).into(), ImageFormat::Png);
        let scaled = decode(&picture, Fit::Width(to), 576).unwrap();
        prop_assert_eq!(scaled.width(), to);
        prop_assert!(scaled.shades().iter().all(|got| got.abs_diff(shade) <= 1));
    }
}

fn document(bytes: Vec<u8>, options: PictureOptions) -> Document {
    Document::Image(Box::new(Picture { bytes: bytes.into(), options }))
}

#[test]
fn a_picture_is_a_document_with_one_cut() {
    let profile = Profile::builtin("generic-80").unwrap();
    let logo = document(file(&halves(200, 100), ImageFormat::Png), PictureOptions::default());
    let encoded = encode(&logo, &profile, None).unwrap();
    assert_eq!(encoded.bytes[..5], [0x1B, b'@', 0x1C, b'.', 0x1B]);
    let text = text_view(&encoded.bytes, &profile);
    assert!(text.contains("[image 200×100]") && text.matches('✂').count() == 1, "{text}");
    let marked = encode(&logo, &profile, Some(Mark::PossibleDuplicate)).unwrap();
    assert_eq!(text_view(&marked.bytes, &profile).matches("POSSIBLE DUPLICATE").count(), 2);
}

#[test]
fn width_and_place_are_the_senders() {
    let profile = Profile::builtin("generic-80").unwrap();
    let picture = file(&halves(200, 100), ImageFormat::Png);
    let with = |width, align| {
        let options = PictureOptions { width, align, ..PictureOptions::default() };
        encode(&document(picture.clone(), options), &profile, None).unwrap().bytes
    };
    let half = with(PictureWidth::Percent(50), PictureAlign::Right);
    assert!(text_view(&half, &profile).contains("[image 288×144]"));
    assert!(half.windows(3).any(|three| three == [0x1B, b'a', 2]));
    let dots = with(PictureWidth::Dots(9999), PictureAlign::Left);
    assert!(text_view(&dots, &profile).contains("[image 576×288]"));
}

/// What is said about a bill with that logo.
fn notes_of_logo(bytes: Vec<u8>) -> Vec<Note> {
    let logo = Picture { bytes: bytes.into(), ..Picture::default() };
    let bill = Receipt {
        frame: Frame { logo: Some(logo), ..Frame::default() },
        total: Some(Money("2.00".into())),
        ..Receipt::default()
    };
    let profile = Profile::builtin("generic-80").unwrap();
    encode(&Document::Receipt(Box::new(bill)), &profile, None).unwrap().notes
}

#[test]
fn paper_that_stays_white_where_a_picture_was_meant_is_told() {
    let on_nothing = |colour: Rgba<u8>| {
        let shade = |x, y| if (10..50).contains(&x) && y > 9 { colour } else { Rgba([0, 0, 0, 0]) };
        file(&RgbaImage::from_fn(60, 40, shade).into(), ImageFormat::Png)
    };
    let white = on_nothing(Rgba([255, 255, 255, 255]));
    assert_eq!(notes_of_logo(white.clone()), [Note::WhitePicture]);
    assert_eq!(notes_of_logo(on_nothing(Rgba([90, 90, 90, 255]))), []);
    let outside = "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='32'><image \
                   href='http://127.0.0.1:9/x.png' width='64' height='32'/><rect width='9' height='9'/></svg>";
    let named = Note::WithinSvgLeftOut { count: 1 };
    assert_eq!(notes_of_logo(outside.into()), [named]);
    // As a document of its own it is nothing to print.
    let profile = Profile::builtin("generic-80").unwrap();
    let refused = encode(&document(white, PictureOptions::default()), &profile, None).unwrap_err();
    assert_eq!(refused, EncodeError::AllLeftOut(Box::new(Note::WhitePicture)));
}

/// A ring within a frame, 300 by 200: one that is stretched shows at once.
fn ring() -> DynamicImage {
    let shade = |x: u32, y: u32| {
        let away = f64::from(x.abs_diff(150)).hypot(f64::from(y.abs_diff(100)));
        let frame = x < 10 || y < 10 || x >= 290 || y >= 190;
        Luma([if frame || (60.0..80.0).contains(&away) { 0 } else { 255 }])
    };
    GrayImage::from_fn(300, 200, shade).into()
}

#[test]
fn pins_print_pictures_in_strips_of_eight_rows_with_their_proportions() {
    let profile = Profile::builtin("epson-tm-u220").unwrap();
    let options = PictureOptions { width: PictureWidth::Percent(100), ..PictureOptions::default() };
    let encoded =
        encode(&document(file(&ring(), ImageFormat::Png), options), &profile, None).unwrap();
    assert_eq!(encoded.notes, []);
    let mut strips = Vec::new();
    scan(&encoded.bytes, &mut |token| {
        if let Token::Command(Command::BitImage { columns, rows }, bytes) = token {
            assert_eq!(bytes[2], 0, "single density");
            strips.push((columns, rows));
        }
    });
    // 400 half dots of 1/160 inch are 200 dots; 267 rows as high as these are wide are 120 of 1/72 inch.
    assert_eq!(strips, [(200, 8); 15]);
    assert!(!encoded.bytes.windows(3).any(|bytes| bytes == b"\x1dv0"), "it does not know GS v 0");
    let spacing = |bytes: &[u8]| encoded.bytes.windows(bytes.len()).filter(|w| *w == bytes).count();
    assert_eq!((spacing(b"\x1b3\x10"), spacing(b"\x1b2")), (1, 1));
    // Read back, the frame is as high and wide as it was, and the ring is round.
    let paper = Paper::read(&encoded.bytes, &profile);
    let mut dots = vec![Vec::new(); 400];
    for element in &paper.elements {
        let Kind::Line(line) = &element.kind else { continue };
        let [Part::Image { picture, .. }] = line.parts.as_slice() else { panic!("a line of text") };
        assert_eq!((picture.width(), picture.height()), (400, 18));
        for y in 0..picture.bitmap.height() {
            for (x, column) in dots.iter_mut().enumerate() {
                column.push(picture.bitmap.is_black(x / picture.scale.0, y));
            }
        }
    }
    let middle: Vec<usize> = (0..400).filter(|x| dots[*x][133]).collect();
    let across: Vec<usize> = middle.into_iter().filter(|x| (20..380).contains(x)).collect();
    let down: Vec<usize> = (20..245).filter(|y| dots[200][*y]).collect();
    let (across, down) = (across[across.len() - 1] - across[0], down[down.len() - 1] - down[0]);
    assert!(across.abs_diff(213) <= 6 && down.abs_diff(213) <= 8, "{across} × {down}");
    assert!((265..=272).contains(&dots[3].iter().filter(|black| **black).count()));
}

#[test]
fn pins_are_too_coarse_for_codes_and_say_so() {
    let sent = br#"{"type":"receipt","header":"Shop","codes":[{"symbology":"qr","data":"A-17"}]}"#;
    let (receipt, _) = Document::from_json(sent).unwrap();
    let profile = Profile::builtin("epson-tm-u220").unwrap();
    let encoded = encode(&receipt, &profile, None).unwrap();
    let notes: Vec<String> = encoded.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["a code is left out: this printer's pictures are too coarse for a code"]);
    let letters = encode(&Document::Text("茶".into()), &profile, None).unwrap();
    let notes: Vec<String> = letters.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["1 character that this printer lacks and cannot draw: printed as boxes"]);
}

#[test]
fn a_picture_that_cannot_be_printed_says_why() {
    let mut profile = Profile::builtin("generic-80").unwrap();
    let broken = document(b"\x89PNG\r\n\x1a\nbroken".to_vec(), PictureOptions::default());
    let reason = encode(&broken, &profile, None).unwrap_err();
    assert_eq!(reason.to_string(), "the PNG picture is damaged");
    profile.graphics = Graphics::None;
    let whole = document(file(&halves(8, 8), ImageFormat::Png), PictureOptions::default());
    let reason = encode(&whole, &profile, None).unwrap_err();
    assert_eq!(reason.to_string(), "this printer prints no images");
}
