//! Pictures of a document, and how they are to be put on paper.

use crate::quiet::quiet_debug;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A picture as its sender has it: PNG, JPEG, GIF, BMP, WebP or SVG, or the pages of a PDF.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The file.
    #[serde(rename = "data", with = "base64_text")]
    pub bytes: Bytes,
    /// How to print it.
    #[serde(flatten)]
    pub options: PictureOptions,
}

quiet_debug!(Picture);

/// How a picture is put on paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct PictureOptions {
    /// Where it stands.
    pub align: PictureAlign,
    /// How wide it is printed.
    pub width: PictureWidth,
    /// How greys become dots.
    pub dither: Dither,
}

/// Where a picture stands between the edges of the paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureAlign {
    /// At the left edge.
    Left,
    /// In the middle.
    #[default]
    Centre,
    /// At the right edge.
    Right,
}

/// How wide a picture is printed; its height follows. Never wider than the paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureWidth {
    /// As many dots as it has pixels, less where the paper is narrower.
    #[default]
    Own,
    /// Per cent of the printable width, 1–100.
    Percent(u8),
    /// Dots, 1 or more.
    Dots(u16),
}

/// How greys become dots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dither {
    /// Threshold for line art, else Floyd–Steinberg: the picture decides.
    #[default]
    Auto,
    /// Error diffusion by Floyd and Steinberg: photographs.
    FloydSteinberg,
    /// Error diffusion by Atkinson: more contrast, lighter.
    Atkinson,
    /// Black below half, white above: logos and drawings.
    Threshold,
}

/// Bytes as base64 within JSON.
mod base64_text {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Bytes::from).map_err(|_| D::Error::custom("not base64"))
    }
}
