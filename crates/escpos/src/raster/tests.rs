use super::*;
use crate::scan::{Command, RealTime, RealTimeWatch, Token, scan};
use proptest::prelude::*;

fn profile(graphics: Graphics, dots: usize) -> Profile {
    let mut profile = Profile::builtin("generic-80").unwrap();
    profile.graphics = graphics;
    profile.dots = dots;
    profile
}

fn bitmap(width: usize, rows: &[&[u8]]) -> Bitmap {
    let mut bitmap = Bitmap::new(width, rows.len());
    for (y, row) in rows.iter().enumerate() {
        bitmap.row_mut(y).copy_from_slice(row);
    }
    bitmap
}

fn written(bitmap: &Bitmap, profile: &Profile) -> Vec<u8> {
    let mut out = Vec::new();
    write(bitmap, profile, &mut out).unwrap();
    out
}

fn real_time(bytes: &[u8]) -> Vec<RealTime> {
    let mut found = Vec::new();
    RealTimeWatch::new().push(bytes, &mut |command| found.push(command));
    found
}

/// The rows that the commands of these bytes draw, of bands one under another.
fn drawn(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut bands: Vec<(usize, Vec<u8>)> = Vec::new();
    scan(bytes, &mut |token| match token {
        Token::Command(Command::Raster { width_bytes, .. }, head) => {
            let skip = if head[1] == b'v' { 8 } else { 15 };
            bands.push((width_bytes, head[skip..].to_vec()));
        }
        Token::Data(more) => bands.last_mut().unwrap().1.extend(more),
        _ => {}
    });
    bands.iter().flat_map(|(width, dots)| dots.chunks(*width).map(<[u8]>::to_vec)).collect()
}

#[test]
fn a_small_picture_is_one_command() {
    let picture = bitmap(10, &[&[0x80, 0x40], &[0x01, 0x80]]);
    assert_eq!(
        written(&picture, &profile(Graphics::Raster, 576)),
        [0x1D, b'v', b'0', 0, 2, 0, 2, 0, 0x80, 0x40, 0x01, 0x80]
    );
    assert_eq!(
        written(&picture, &profile(Graphics::Stored, 576)),
        [
            &[0x1D, b'(', b'L', 14, 0, 48, 112, 48, 1, 1, 49, 10, 0, 2, 0, 0x80, 0x40, 0x01, 0x80]
                as &[u8],
            &[0x1D, b'(', b'L', 2, 0, 48, 50],
        ]
        .concat()
    );
    let columns = written(&picture, &profile(Graphics::Columns, 576));
    assert_eq!(columns[..8], [0x1B, b'3', 24, 0x1B, b'*', 33, 10, 0]);
    assert_eq!(columns[8..11], [0x80, 0, 0]);
    assert_eq!(columns[8 + 7 * 3..8 + 10 * 3], [0x40, 0, 0, 0x40, 0, 0, 0x80, 0, 0]);
    assert_eq!(columns[38..], [b'\n', 0x1B, b'2']);
}

#[test]
fn no_drawer_opens_inside_a_picture() {
    // DLE DC4 1 0 1 across the end of a row.
    let picture = bitmap(16, &[&[0, 0x10], &[0x14, 0x01], &[0, 1]]);
    let bytes = written(&picture, &profile(Graphics::Raster, 576));
    assert_eq!(bytes[8..], [0, 0x30, 0x14, 0x01, 0, 1]);
    assert_eq!(real_time(&bytes), []);
}

#[test]
fn what_a_printer_cannot_print_is_refused_and_nothing_written() {
    let mut out = Vec::new();
    let picture = Bitmap::new(600, 1);
    assert_eq!(
        write(&picture, &profile(Graphics::Raster, 576), &mut out),
        Err(RasterError::TooWide)
    );
    assert_eq!(
        write(&Bitmap::new(8, 8), &profile(Graphics::None, 576), &mut out),
        Err(RasterError::NoImages)
    );
    assert!(out.is_empty());
}

fn any_picture() -> impl Strategy<Value = Bitmap> {
    // Bytes of real-time commands far more often than chance would have them.
    let byte = prop_oneof![
        3 => prop::sample::select(vec![0x10, 0x04, 0x05, 0x14, 0x01, 0x02, 0x08]),
        1 => any::<u8>(),
    ];
    let sizes = prop_oneof![
        (1_usize..2048, 1_usize..40),
        (1_usize..200, 1_usize..700),
        (1030_usize..1050, 1_usize..40)
    ];
    sizes.prop_flat_map(move |(width, height)| {
        let bytes = width.div_ceil(8);
        prop::collection::vec(byte.clone(), bytes * height).prop_map(move |dots| {
            let mut bitmap = Bitmap::new(width, height);
            for (y, row) in dots.chunks(bytes).enumerate() {
                bitmap.row_mut(y).copy_from_slice(row);
                if !width.is_multiple_of(8) {
                    bitmap.row_mut(y)[bytes - 1] &= 0xFF << (8 - width % 8);
                }
            }
            bitmap
        })
    })
}

proptest! {
    #[test]
    fn no_picture_holds_a_real_time_command(picture in any_picture()) {
        for graphics in [Graphics::Raster, Graphics::Stored, Graphics::Columns, Graphics::Pins] {
            prop_assert_eq!(real_time(&written(&picture, &profile(graphics, 2048))), []);
        }
    }

    #[test]
    fn bands_put_together_are_the_picture(picture in any_picture()) {
        for graphics in [Graphics::Raster, Graphics::Stored] {
            let rows = drawn(&written(&picture, &profile(graphics, 2048)));
            prop_assert_eq!(rows.len(), picture.height());
            for (y, row) in rows.iter().enumerate() {
                for (at, (printed, meant)) in row.iter().zip(picture.row(y)).enumerate() {
                    // One dot more at most, and only where a command would begin.
                    prop_assert!(printed == meant || (*meant == 0x10 && *printed == 0x30), "row {y}, byte {at}");
                }
            }
        }
    }
}
