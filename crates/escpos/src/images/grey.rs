//! Pictures in shades of grey, and how colours become them.

use super::scale;
use std::sync::LazyLock;

/// A picture in shades of grey: 0 is black, 255 white, as the eye sees them (sRGB's curve). Rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Grey {
    width: usize,
    height: usize,
    shades: Vec<u8>,
}

impl std::fmt::Debug for Grey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grey({}×{})", self.width, self.height)
    }
}

/// How the bytes of a decoded picture are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Grey {
    /// A picture of these shades; missing ones are white.
    pub fn new(width: usize, height: usize, mut shades: Vec<u8>) -> Grey {
        shades.resize(width * height, u8::MAX);
        Grey { width, height, shades }
    }

    /// A picture of 8-bit channels, on white paper. The buffer is used again: no second picture is held.
    pub(crate) fn from_channels(
        width: usize,
        height: usize,
        mut bytes: Vec<u8>,
        channels: Channels,
    ) -> Grey {
        let luma = &*LUMA;
        match channels {
            Channels::Grey => {}
            Channels::GreyAlpha => squeeze::<2>(&mut bytes, |[grey, alpha]| on_white(grey, alpha)),
            Channels::Rgb => squeeze::<3>(&mut bytes, |[r, g, b]| luma.of(r, g, b)),
            Channels::Rgba => squeeze::<4>(&mut bytes, |[r, g, b, alpha]| match alpha {
                u8::MAX => luma.of(r, g, b),
                0 => u8::MAX,
                alpha => luma.of(on_white(r, alpha), on_white(g, alpha), on_white(b, alpha)),
            }),
        }
        Grey::new(width, height, bytes)
    }

    /// Dots from left to right.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Dots from top to bottom.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All shades, row by row.
    pub fn shades(&self) -> &[u8] {
        &self.shades
    }

    /// The shades of one row; empty beyond the last one.
    pub fn row(&self, y: usize) -> &[u8] {
        self.shades.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// The picture at another size.
    pub(crate) fn sized(self, width: usize, height: usize) -> Grey {
        scale::to_width(self, width, height)
    }

    /// The picture with rows and columns exchanged.
    pub(crate) fn transposed(&self) -> Grey {
        let mut shades = Vec::with_capacity(self.shades.len());
        for x in 0..self.width {
            shades.extend((0..self.height).map(|y| self.shades[y * self.width + x]));
        }
        Grey { width: self.height, height: self.width, shades }
    }

    /// Left and right exchanged.
    pub(crate) fn mirrored(mut self) -> Grey {
        if self.width > 0 {
            self.shades.chunks_exact_mut(self.width).for_each(<[u8]>::reverse);
        }
        self
    }

    /// Turned by half a turn.
    pub(crate) fn turned(mut self) -> Grey {
        self.shades.reverse();
        self
    }

    /// Where anything is darker than `white`. `None`: nowhere.
    pub(crate) fn inked(&self, white: u8) -> Option<Area> {
        let inked = |row: &[u8]| row.iter().any(|shade| *shade < white);
        let top = (0..self.height).find(|y| inked(self.row(*y)))?;
        let bottom = (top..self.height).rfind(|y| inked(self.row(*y)))? + 1;
        let first = |y| self.row(y).iter().position(|shade| *shade < white);
        let last = |y| self.row(y).iter().rposition(|shade| *shade < white);
        let left = (top..bottom).filter_map(first).min()?;
        let right = (top..bottom).filter_map(last).max()? + 1;
        Some(Area { left, right, top, bottom })
    }

    /// The shades without the picture.
    pub(crate) fn into_shades(self) -> Vec<u8> {
        self.shades
    }
}

/// A part of a picture in dots; right and bottom are beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) top: usize,
    pub(crate) bottom: usize,
}

/// Turns every N bytes into one, at the front of the same buffer. Areas of one colour are looked up once.
fn squeeze<const N: usize>(bytes: &mut Vec<u8>, shade: impl Fn([u8; N]) -> u8) {
    let pixels = bytes.len() / N;
    let mut last = [u8::MAX; N];
    let mut known = shade(last);
    for at in 0..pixels {
        let mut pixel = [0; N];
        pixel.copy_from_slice(&bytes[at * N..(at + 1) * N]);
        if pixel != last {
            last = pixel;
            known = shade(pixel);
        }
        bytes[at] = known;
    }
    bytes.truncate(pixels);
}

/// A channel of that opacity on white paper.
fn on_white(value: u8, alpha: u8) -> u8 {
    let missing = (255 - u32::from(value)) * u32::from(alpha);
    255 - ((missing + 127) / 255) as u8
}

/// Light by shade and back. Shades are numbers of sRGB's curve; light is linear, 0–4,095 after the weights of ITU-R BT.709, so that a
/// blue and a yellow of equal brightness print equally dark, and mixed dots keep their brightness.
pub(super) struct Luma {
    red: [u16; 256],
    green: [u16; 256],
    blue: [u16; 256],
    shade: Vec<u8>,
    light: [u16; 256],
}

/// Levels of light.
const LIGHT: f64 = 4095.0;

pub(super) static LUMA: LazyLock<Luma> = LazyLock::new(|| {
    let linear = |shade: usize| {
        let shade = shade as f64 / 255.0;
        if shade <= 0.04045 { shade / 12.92 } else { ((shade + 0.055) / 1.055).powf(2.4) }
    };
    let curve = |light: f64| {
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
    };
    // Rounded in sixteenths of a level, so that three channels add up.
    let table = |weight: f64| {
        std::array::from_fn(|shade| (linear(shade) * weight * LIGHT * 16.0).round() as u16)
    };
    Luma {
        red: table(0.2126),
        green: table(0.7152),
        blue: table(0.0722),
        shade: (0..=LIGHT as usize + 1)
            .map(|light| (curve((light as f64 / LIGHT).min(1.0)) * 255.0).round() as u8)
            .collect(),
        light: std::array::from_fn(|shade| (linear(shade) * LIGHT).round() as u16),
    }
});

impl Luma {
    /// The shade of a colour.
    fn of(&self, red: u8, green: u8, blue: u8) -> u8 {
        if red == green && green == blue {
            return red;
        }
        let sixteenths = self.red[usize::from(red)]
            + self.green[usize::from(green)]
            + self.blue[usize::from(blue)];
        self.shade_of(usize::from(sixteenths / 16))
    }

    /// The shade of an amount of light.
    pub(super) fn shade_of(&self, light: usize) -> u8 {
        self.shade.get(light).copied().unwrap_or(u8::MAX)
    }

    /// The light of a shade.
    pub(super) fn light_of(&self, shade: u8) -> u16 {
        self.light[usize::from(shade)]
    }
}
