//! Pictures made narrower or wider.

use super::grey::{Grey, LUMA};

/// The picture at that size, whose proportions the caller kept: every dot of paper is the mean of the light that falls on it where the
/// picture is reduced (nothing is skipped, nothing rings), and between its neighbours where it is enlarged.
pub(super) fn to_width(grey: Grey, width: usize, height: usize) -> Grey {
    if grey.width() == width && grey.height() == height || grey.width() == 0 || grey.height() == 0 {
        return grey;
    }
    let across = Taps::of(grey.width(), width);
    let down = Taps::of(grey.height(), height);
    let luma = &*LUMA;
    let mut shades = Vec::with_capacity(width * height);
    let mut sums = vec![0_u64; width];
    let mut row = vec![0_u64; width];
    let mut lights = vec![0_u64; grey.width()];
    for taps in &down.0 {
        sums.fill(0);
        for (offset, weight) in taps.weights.iter().enumerate() {
            let source = grey.row(taps.from + offset);
            for (light, shade) in lights.iter_mut().zip(source) {
                *light = u64::from(luma.light_of(*shade));
            }
            reduce(&lights, &across, &mut row);
            for (sum, value) in sums.iter_mut().zip(&row) {
                *sum += value * u64::from(*weight);
            }
        }
        // Weights of both directions add up to 2^16 each.
        shades.extend(sums.iter().map(|sum| luma.shade_of(((sum + (1 << 31)) >> 32) as usize)));
    }
    Grey::new(width, height, shades)
}

fn reduce(lights: &[u64], across: &Taps, row: &mut [u64]) {
    for (value, taps) in row.iter_mut().zip(&across.0) {
        let source = &lights[taps.from..taps.from + taps.weights.len()];
        *value = source.iter().zip(&taps.weights).map(|(l, w)| l * u64::from(*w)).sum();
    }
}

/// Which dots of the source make each dot of the result, with weights that add up to 2^16.
struct Taps(Vec<Tap>);

struct Tap {
    from: usize,
    weights: Vec<u32>,
}

const ONE: u32 = 1 << 16;

impl Taps {
    fn of(from: usize, to: usize) -> Taps {
        let ratio = from as f64 / to.max(1) as f64;
        Taps(
            (0..to)
                .map(|at| if to < from { mean(at, ratio, from) } else { between(at, ratio, from) })
                .collect(),
        )
    }
}

/// The part of every source dot that lies under one dot of the result.
fn mean(at: usize, ratio: f64, from: usize) -> Tap {
    let start = at as f64 * ratio;
    let end = (start + ratio).min(from as f64);
    let first = (start as usize).min(from - 1);
    let last = (end.ceil() as usize).clamp(first + 1, from);
    let part = |index: usize| ((index + 1) as f64).min(end) - (index as f64).max(start);
    exact(first, (first..last).map(|index| (part(index).max(0.0) / ratio * f64::from(ONE)) as u32))
}

/// The two source dots beside the middle of one dot of the result.
fn between(at: usize, ratio: f64, from: usize) -> Tap {
    let middle = ((at as f64 + 0.5) * ratio - 0.5).clamp(0.0, (from - 1) as f64);
    let first = middle as usize;
    let second = ((middle - first as f64) * f64::from(ONE)) as u32;
    if first + 1 < from { exact(first, [ONE - second, second]) } else { exact(first, [ONE]) }
}

/// Gives what rounding lost to the heaviest.
fn exact(from: usize, weights: impl IntoIterator<Item = u32>) -> Tap {
    let mut weights: Vec<u32> = weights.into_iter().collect();
    let lost = ONE - weights.iter().sum::<u32>().min(ONE);
    if let Some(heaviest) = weights.iter_mut().max() {
        *heaviest += lost;
    }
    Tap { from, weights }
}
