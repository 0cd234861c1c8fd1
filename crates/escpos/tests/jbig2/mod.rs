//! JBIG2 (ITU-T T.88) as a PDF holds it: a page of one generic region, written from the standard.

/// A square picture: page information, and a region that is coded arithmetically with template 0.
pub fn packed(side: usize, is_black: &dyn Fn(usize, usize) -> bool) -> Vec<u8> {
    let side_bytes = u32::try_from(side).unwrap().to_be_bytes();
    let information = [&side_bytes[..], &side_bytes, &[0; 8], &[0, 0, 0]].concat();
    let place = [&side_bytes[..], &side_bytes, &[0; 8], &[0]].concat();
    // Template 0, and its four movable neighbours at their usual places.
    let region =
        [&place[..], &[0], &[3, 0xff, 0xfd, 0xff, 2, 0xfe, 0xfe, 0xfe], &coded(side, is_black)];
    let mut out = Vec::new();
    segment(0, 48, &information, &mut out);
    segment(1, 38, &region.concat(), &mut out);
    out
}

fn segment(number: u32, kind: u8, data: &[u8], out: &mut Vec<u8>) {
    out.extend(number.to_be_bytes());
    out.extend([kind, 0, 1]);
    out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    out.extend(data);
}

/// The neighbours above and before a dot by which its colour is guessed: across and up.
const NEIGHBOURS: [(isize, isize); 16] = [
    (-2, -2),
    (-1, -2),
    (0, -2),
    (1, -2),
    (2, -2),
    (-3, -1),
    (-2, -1),
    (-1, -1),
    (0, -1),
    (1, -1),
    (2, -1),
    (3, -1),
    (-4, 0),
    (-3, 0),
    (-2, 0),
    (-1, 0),
];

fn coded(side: usize, is_black: &dyn Fn(usize, usize) -> bool) -> Vec<u8> {
    let black = |x: Option<usize>, y: Option<usize>| match (x, y) {
        (Some(x), Some(y)) => x < side && is_black(x, y),
        _ => false,
    };
    let mut coder = Coder::new();
    for at in 0..side * side {
        let (x, y) = (at % side, at / side);
        let context = NEIGHBOURS.iter().fold(0, |context, (across, down)| {
            let neighbour = black(x.checked_add_signed(*across), y.checked_add_signed(*down));
            context << 1 | usize::from(neighbour)
        });
        coder.code(is_black(x, y), context);
    }
    coder.finish()
}

/// The arithmetic coder of annex E: what a state takes the less probable colour for, the next states, and whether its guess turns.
const STATES: [(u32, u8, u8, bool); 47] = [
    (0x5601, 1, 1, true),
    (0x3401, 2, 6, false),
    (0x1801, 3, 9, false),
    (0x0ac1, 4, 12, false),
    (0x0521, 5, 29, false),
    (0x0221, 38, 33, false),
    (0x5601, 7, 6, true),
    (0x5401, 8, 14, false),
    (0x4801, 9, 14, false),
    (0x3801, 10, 14, false),
    (0x3001, 11, 17, false),
    (0x2401, 12, 18, false),
    (0x1c01, 13, 20, false),
    (0x1601, 29, 21, false),
    (0x5601, 15, 14, true),
    (0x5401, 16, 14, false),
    (0x5101, 17, 15, false),
    (0x4801, 18, 16, false),
    (0x3801, 19, 17, false),
    (0x3401, 20, 18, false),
    (0x3001, 21, 19, false),
    (0x2801, 22, 19, false),
    (0x2401, 23, 20, false),
    (0x2201, 24, 21, false),
    (0x1c01, 25, 22, false),
    (0x1801, 26, 23, false),
    (0x1601, 27, 24, false),
    (0x1401, 28, 25, false),
    (0x1201, 29, 26, false),
    (0x1101, 30, 27, false),
    (0x0ac1, 31, 28, false),
    (0x09c1, 32, 29, false),
    (0x08a1, 33, 30, false),
    (0x0521, 34, 31, false),
    (0x0441, 35, 32, false),
    (0x02a1, 36, 33, false),
    (0x0221, 37, 34, false),
    (0x0141, 38, 35, false),
    (0x0111, 39, 36, false),
    (0x0085, 40, 37, false),
    (0x0049, 41, 38, false),
    (0x0025, 42, 39, false),
    (0x0015, 43, 40, false),
    (0x0009, 44, 41, false),
    (0x0005, 45, 42, false),
    (0x0001, 45, 43, false),
    (0x5601, 46, 46, false),
];

struct Coder {
    /// The state and the guess of every context.
    contexts: Vec<(u8, bool)>,
    interval: u32,
    base: u32,
    shifts: u32,
    /// The first byte stands before the data.
    out: Vec<u8>,
}

impl Coder {
    fn new() -> Coder {
        Coder {
            contexts: vec![(0, false); 1 << 16],
            interval: 0x8000,
            base: 0,
            shifts: 12,
            out: vec![0],
        }
    }

    fn code(&mut self, black: bool, context: usize) {
        let (state, guess) = self.contexts[context];
        let (less, as_guessed, otherwise, turns) = STATES[usize::from(state)];
        self.interval -= less;
        if black == guess {
            if self.interval & 0x8000 != 0 {
                self.base += less;
                return;
            }
            if self.interval < less {
                self.interval = less;
            } else {
                self.base += less;
            }
            self.contexts[context].0 = as_guessed;
        } else {
            if self.interval < less {
                self.base += less;
            } else {
                self.interval = less;
            }
            self.contexts[context] = (otherwise, guess ^ turns);
        }
        while self.interval & 0x8000 == 0 {
            self.interval <<= 1;
            self.base <<= 1;
            self.shifts -= 1;
            if self.shifts == 0 {
                self.byte_out();
            }
        }
    }

    fn byte_out(&mut self) {
        if self.out.last() != Some(&0xff) && self.base >= 0x0800_0000 {
            *self.out.last_mut().unwrap() += 1;
            self.base &= 0x07ff_ffff;
        }
        // Behind FF only seven bits may follow: a carry has to find room.
        let bits = if self.out.last() == Some(&0xff) { 20 } else { 19 };
        self.out.push((self.base >> bits) as u8);
        self.base &= (1 << bits) - 1;
        self.shifts = if bits == 20 { 7 } else { 8 };
    }

    fn finish(mut self) -> Vec<u8> {
        let most = self.base + self.interval;
        self.base |= 0xffff;
        if self.base >= most {
            self.base -= 0x8000;
        }
        for _ in 0..2 {
            self.base <<= self.shifts;
            self.byte_out();
        }
        if self.out.last() != Some(&0xff) {
            self.out.push(0xff);
        }
        self.out.push(0xac);
        self.out.split_off(1)
    }
}
