//! Pictures and codes.

use super::Reader;
use crate::Bitmap;
use crate::paper::dots;
use crate::paper::element::{Code, CodeLook, Kind, Picture};
use crate::paper::event::EventKind;
use crate::paper::symbol::{self, Look, Printed};
use crate::profile::Graphics;
use crate::raster::rows_of_dots;
use crate::scan::{Align, Command, ESC, GS};
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn picture_command(&mut self, offset: usize, command: Command, bytes: &[u8]) {
        match (command, bytes) {
            (Command::Raster { width_bytes, rows }, [GS, b'v', _, mode, _, _, _, _, data @ ..]) => {
                match dots::scale(*mode) {
                    Some(scale) => self.raster(offset, width_bytes, rows, data, scale),
                    None => self.event(offset, EventKind::Refused("a raster of another mode")),
                }
            }
            (Command::Raster { width_bytes, rows }, _) => {
                self.store_graphics(offset, width_bytes, rows, bytes);
            }
            (Command::BitImage { columns, rows }, [ESC, _, mode, _, _, data @ ..]) => {
                self.bit_image(offset, (columns, rows), *mode, data);
            }
            (Command::BitImage { columns, rows }, [GS, _, _, mode, _, _, _, _, data @ ..]) => {
                // GS Q 0 lies in the order of columns, too.
                let bitmap = dots::columns(columns, rows, data, self.profile.dots);
                self.picture(offset, Arc::new(bitmap), dots::scale(*mode).unwrap_or((1, 1)));
            }
            (Command::Graphics(2 | 50), _) => match self.state.graphics.clone() {
                Some((bitmap, scale)) => self.picture(offset, bitmap, scale),
                None => self.event(offset, EventKind::Refused("no graphics were stored")),
            },
            (Command::Graphics(69 | 85), _) => {
                self.mark(offset, crate::paper::Mark::StoredPicture);
            }
            (Command::Graphics(113 | 67 | 68 | 83 | 84), _) => {
                self.event(offset, EventKind::NotShown("graphics for the printer's memory"));
            }
            (Command::DefineImage { columns, rows }, [_, _, _, _, data @ ..]) => {
                let bitmap = dots::columns(columns, rows, data, columns);
                self.state.image = Some(Arc::new(bitmap));
            }
            (Command::PrintImage(mode), _) => match (self.state.image.clone(), dots::scale(mode)) {
                (Some(bitmap), Some(scale)) => self.picture(offset, bitmap, scale),
                _ => self.event(offset, EventKind::Refused("no image was defined")),
            },
            (Command::Symbol { kind, function }, _) => self.symbol(offset, kind, function, bytes),
            (Command::Barcode(m), [_, _, _, parameters @ ..]) => {
                let printed = symbol::barcode(m, parameters, &self.state.barcode, &mut self.budget);
                self.code(offset, printed);
            }
            _ => {}
        }
    }

    fn raster(
        &mut self,
        offset: usize,
        width_bytes: usize,
        rows: usize,
        data: &[u8],
        scale: (usize, usize),
    ) {
        let most = self.frame().area.div_ceil(scale.0);
        let bitmap = dots::raster(width_bytes, rows, data, most);
        self.picture(offset, Arc::new(bitmap), scale);
    }

    /// `m fn a bx by c xL xH yL yH` after `GS ( L pL pH` or `GS 8 L p1 p2 p3 p4`.
    fn store_graphics(&mut self, offset: usize, width_bytes: usize, rows: usize, bytes: &[u8]) {
        let skip = if bytes.get(1) == Some(&b'8') { 7 } else { 5 };
        let Some([_, _, tone, bx, by, _, _, _, _, _, data @ ..]) = bytes.get(skip..) else {
            return;
        };
        if *tone != 48 {
            return self.event(offset, EventKind::NotShown("graphics in several tones"));
        }
        let times = |n: u8| if n == 2 { 2 } else { 1 };
        let bitmap = dots::raster(width_bytes, rows, data, self.profile.dots);
        self.state.graphics = Some((Arc::new(bitmap), (times(*bx), times(*by))));
    }

    /// `ESC *`: stands in the line like a character.
    fn bit_image(&mut self, offset: usize, (columns, rows): (usize, usize), mode: u8, data: &[u8]) {
        let pins = self.profile.graphics == Graphics::Pins;
        let scale = if pins { dots::pin_density(mode) } else { dots::density(mode) };
        let room = self.frame().area.saturating_sub(self.line.x()).div_ceil(scale.0);
        let mut bitmap = dots::columns(columns, rows, data, room);
        if pins {
            bitmap = dots::stretched(&bitmap, rows_of_dots(rows, self.profile.dpi));
        }
        self.in_line(offset, Picture { left: 0, bitmap: Arc::new(bitmap), scale });
    }

    fn in_line(&mut self, offset: usize, picture: Picture) {
        if picture.width() == 0 || picture.height() == 0 {
            return;
        }
        self.spend(offset, picture.width() * picture.height());
        self.parts += 1;
        self.line.begin(offset, self.frame());
        self.line.put_image(picture);
    }

    /// A picture of its own; in page mode it stands in the line.
    fn picture(&mut self, offset: usize, bitmap: Arc<Bitmap>, scale: (usize, usize)) {
        let picture = Picture { left: 0, bitmap, scale };
        if self.page.is_some() {
            return self.in_line(offset, picture);
        }
        self.print_line(0);
        let (width, height) = (picture.width(), picture.height());
        if width == 0 || height == 0 {
            return;
        }
        self.spend(offset, width.min(self.profile.dots) * height);
        let left = self.aligned(width);
        self.put(offset, Kind::Picture(Picture { left, ..picture }), height);
    }

    /// Dots from the left edge of the printable width to something so wide.
    fn aligned(&self, width: usize) -> usize {
        let free = self.area().saturating_sub(width);
        self.state.left_margin
            + match self.state.align {
                Align::Left => 0,
                Align::Centre => free / 2,
                Align::Right => free,
            }
    }

    fn symbol(&mut self, offset: usize, kind: u8, function: u8, bytes: &[u8]) {
        let printed = match bytes {
            [ESC, _, parameters @ ..] => symbol::clone_qr(parameters, &mut self.budget),
            _ if function == 81 => self.state.symbols.print(kind, &mut self.budget),
            _ => {
                let parameters = bytes.get(7..).unwrap_or_default();
                return self.state.symbols.set(kind, function, parameters);
            }
        };
        self.code(offset, printed);
    }

    fn code(&mut self, offset: usize, printed: Result<Printed, &'static str>) {
        let Printed { kind, look, text } = match printed {
            Ok(printed) => printed,
            Err(why) => return self.event(offset, EventKind::Refused(why)),
        };
        let look = match look {
            Look::Dots(bitmap) if self.page.is_some() => {
                return self.in_line(offset, Picture { left: 0, bitmap, scale: (1, 1) });
            }
            Look::Dots(bitmap) if bitmap.width() > self.area() => {
                return self.event(offset, EventKind::Refused("a code wider than the paper"));
            }
            Look::Dots(bitmap) => {
                let left = self.aligned(bitmap.width());
                CodeLook::Drawn(Picture { left, bitmap, scale: (1, 1) })
            }
            Look::Box(width, height, why) => {
                self.event(offset, EventKind::NotShown(why));
                CodeLook::Box { left: self.aligned(width), size: (width, height) }
            }
        };
        self.print_line(0);
        let code = Code { kind, look, text };
        let height = code.height();
        self.spend(offset, self.profile.dots * height / 8);
        self.put(offset, Kind::Code(code), height);
    }
}
