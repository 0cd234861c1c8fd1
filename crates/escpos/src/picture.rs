//! Pictures and PDF pages as documents of their own.

use crate::encode::EncodeError;
use crate::images::{self, Fit, Halftone};
use crate::pdf;
use crate::profile::{Graphics, Profile};
use crate::scan::Align;
use crate::sheet::Sheet;
use crate::text::Note;
use platen_job::{Dither, Picture, PictureAlign, PictureWidth};

/// Puts a picture on the sheet.
pub(crate) fn lay_out_image(
    picture: &Picture,
    profile: &Profile,
    sheet: &mut Sheet<'_>,
) -> Result<(), EncodeError> {
    check(profile)?;
    let options = &picture.options;
    let fit = width(options.width, profile).map_or(Fit::Natural, Fit::Width);
    let drawn = images::drawn(&picture.bytes, fit, halftone(options.dither), profile.dots)?;
    if drawn.left_out > 0 {
        sheet.note(Note::WithinSvgLeftOut { count: drawn.left_out });
    }
    sheet.picture(drawn.bitmap, align(options.align));
    Ok(())
}

/// Puts the pages of a PDF on the sheet, one below another with a line between them.
pub(crate) fn lay_out_pdf(
    picture: &Picture,
    profile: &Profile,
    sheet: &mut Sheet<'_>,
) -> Result<(), EncodeError> {
    check(profile)?;
    let options = &picture.options;
    let dots = width(options.width, profile).unwrap_or(profile.dots);
    for page in pdf::drawn(&picture.bytes, halftone(options.dither), dots)? {
        sheet.gap();
        sheet.picture(page, align(options.align));
    }
    Ok(())
}

fn check(profile: &Profile) -> Result<(), EncodeError> {
    if profile.graphics == Graphics::None { Err(EncodeError::NoImages) } else { Ok(()) }
}

/// The width that is asked for, in dots within the paper.
fn width(width: PictureWidth, profile: &Profile) -> Option<usize> {
    let dots = match width {
        PictureWidth::Own => return None,
        PictureWidth::Percent(share) => profile.dots * usize::from(share) / 100,
        PictureWidth::Dots(dots) => usize::from(dots),
    };
    Some(dots.clamp(1, profile.dots.max(1)))
}

fn halftone(dither: Dither) -> Halftone {
    match dither {
        Dither::Auto => Halftone::Auto,
        Dither::FloydSteinberg => Halftone::FloydSteinberg,
        Dither::Atkinson => Halftone::Atkinson,
        Dither::Threshold => Halftone::Threshold,
    }
}

fn align(align: PictureAlign) -> Align {
    match align {
        PictureAlign::Left => Align::Left,
        PictureAlign::Centre => Align::Centre,
        PictureAlign::Right => Align::Right,
    }
}
