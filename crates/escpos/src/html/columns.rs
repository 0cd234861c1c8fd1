//! How wide columns become: as CSS lays out tables, but amounts are never broken, and text is not squeezed into a strip.

use super::flow::Hint;

/// Narrower columns of text are put above the rest of their row.
const NARROW: usize = 10;
/// Words may be broken down to so many characters before a row is taken apart.
const BROKEN: usize = 6;

/// What a column needs and wants, in characters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Demand {
    /// Its longest word.
    pub(super) least: usize,
    /// Its longest line.
    pub(super) most: usize,
    pub(super) hint: Hint,
    pub(super) content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Text,
    /// As many amounts as words, or more: the last column of a bill whose sums have remarks.
    Mixed,
    /// Numbers, with a currency or a unit.
    Amounts,
}

/// Whether columns take all of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    All,
    Needed,
}

impl Demand {
    /// The width that it is given if there is room enough.
    fn wanted(&self, room: usize) -> usize {
        let columns = match self.hint {
            Hint::None => return self.most,
            Hint::Columns(columns) => columns,
            Hint::Percent(percent) => percent / 100.0 * room as f32,
        };
        (columns.round().max(0.0) as usize).clamp(self.least, room.max(self.least))
    }
}

/// Widths of columns that together have `room`. `None`: they do not fit beside each other.
pub(super) fn fit(demands: &[Demand], room: usize, fill: Fill) -> Option<Vec<usize>> {
    let least = least(demands, room)?;
    let total = |widths: &[usize]| widths.iter().sum::<usize>();
    let wanted: Vec<usize> = demands.iter().map(|demand| demand.wanted(room)).collect();
    if total(&wanted) <= room {
        let free = if fill == Fill::All { room - total(&wanted) } else { 0 };
        let takes = takers(demands);
        return Some(share(&wanted, &takes, free));
    }
    // First goes what hints ask for beyond need, then words wrap.
    let content: Vec<usize> =
        demands.iter().zip(&wanted).map(|(d, w)| d.most.min(*w).max(d.least)).collect();
    let (from, to) = if total(&content) <= room { (content, wanted) } else { (least, content) };
    let gains: Vec<f32> =
        from.iter().zip(&to).map(|(from, to)| to.saturating_sub(*from) as f32).collect();
    let widths = share(&from, &gains, room - total(&from));
    (!is_squeezed(demands, &widths)).then_some(widths)
}

/// Widths of boxes of which some take what is free. Where that is one, it gets what the others leave, so that these keep the width
/// that they say in every row, unless it would become too narrow.
pub(super) fn grown(demands: &[Demand], grow: &[f32], room: usize) -> Option<Vec<usize>> {
    let mut takers = grow.iter().enumerate().filter(|(_, grow)| **grow > 0.0).map(|(at, _)| at);
    if let (Some(taker), None) = (takers.next(), takers.next()) {
        let others = demands.iter().enumerate().filter(|(at, _)| *at != taker);
        let taken: usize = others.map(|(_, demand)| demand.wanted(room)).sum();
        let left = room.saturating_sub(taken);
        if left >= demands[taker].least && left * 3 >= room {
            let mut widths: Vec<usize> = demands.iter().map(|d| d.wanted(room)).collect();
            widths[taker] = left;
            return Some(with_gaps(widths, demands));
        }
    }
    let widths = fit(demands, room, Fill::Needed)?;
    let free = room.saturating_sub(widths.iter().sum());
    Some(with_gaps(share(&widths, grow, free), demands))
}

/// Empty boxes that became wide stand between gaps as well.
fn with_gaps(mut widths: Vec<usize>, demands: &[Demand]) -> Vec<usize> {
    for (width, _) in widths.iter_mut().zip(demands).filter(|(_, demand)| demand.most == 0) {
        *width = width.saturating_sub(1);
    }
    widths
}

/// The least width of each column. Where words alone are too wide, those of text columns are broken.
fn least(demands: &[Demand], room: usize) -> Option<Vec<usize>> {
    let whole: Vec<usize> = demands.iter().map(|demand| demand.least).collect();
    if whole.iter().sum::<usize>() <= room {
        return Some(whole);
    }
    let broken = demands.iter().map(|demand| match demand.content {
        Content::Text | Content::Mixed => demand.least.min(BROKEN),
        Content::Amounts => demand.least,
    });
    let broken: Vec<usize> = broken.collect();
    (broken.iter().sum::<usize>() <= room).then_some(broken)
}

/// Who takes what is free: texts without a width of their own, else any text, else the first column.
fn takers(demands: &[Demand]) -> Vec<f32> {
    let of = |takes: &dyn Fn(&Demand) -> bool| -> Vec<f32> {
        let share = |demand: &Demand| if takes(demand) { demand.most.max(1) as f32 } else { 0.0 };
        demands.iter().map(share).collect()
    };
    let open = of(&|d| d.content != Content::Amounts && d.hint == Hint::None && d.most > 0);
    let text = of(&|d| d.content != Content::Amounts && d.most > 0);
    let found = [open, text].into_iter().find(|shares| shares.iter().any(|share| *share > 0.0));
    found.unwrap_or_else(|| {
        let first = demands.iter().position(|demand| demand.most > 0).unwrap_or(0);
        (0..demands.len()).map(|at| if at == first { 1.0 } else { 0.0 }).collect()
    })
}

/// Adds `free` to the widths in proportion to `shares`; what is left by rounding goes to the greatest.
pub(super) fn share(widths: &[usize], shares: &[f32], free: usize) -> Vec<usize> {
    let all: f32 = shares.iter().sum();
    let mut out = widths.to_vec();
    if all <= 0.0 {
        return out;
    }
    let mut left = free;
    for (width, share) in out.iter_mut().zip(shares) {
        let more = ((free as f32 * share / all) as usize).min(left);
        *width += more;
        left -= more;
    }
    let greatest = shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    if let Some((at, _)) = greatest {
        out[at] += left;
    }
    out
}

/// Whether the main text of a wider table would be a strip of broken words.
fn is_squeezed(demands: &[Demand], widths: &[usize]) -> bool {
    let shown = demands.iter().filter(|demand| demand.most > 0).count();
    main(demands).is_some_and(|at| {
        let (most, width) = (demands[at].most, widths[at]);
        shown >= 3 && width < NARROW && most > width * 2
    })
}

/// The column with most text.
pub(super) fn main(demands: &[Demand]) -> Option<usize> {
    let longest = |content: Content| {
        let of_it = demands.iter().enumerate().filter(|(_, d)| d.content == content);
        // Of equal ones the first.
        of_it.rev().max_by_key(|(_, demand)| demand.most).map(|(at, _)| at)
    };
    longest(Content::Text).or_else(|| longest(Content::Mixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(least: usize, most: usize) -> Demand {
        Demand { least, most, hint: Hint::None, content: Content::Text }
    }

    fn amounts(width: usize) -> Demand {
        Demand { content: Content::Amounts, ..text(width, width) }
    }

    #[test]
    fn free_room_goes_to_text() {
        assert_eq!(
            fit(&[text(5, 12), amounts(3), amounts(6)], 30, Fill::All),
            Some(vec![21, 3, 6])
        );
        assert_eq!(fit(&[text(5, 12), amounts(6)], 30, Fill::Needed), Some(vec![12, 6]));
        assert_eq!(fit(&[amounts(3), amounts(6)], 12, Fill::All), Some(vec![6, 6]));
        assert_eq!(fit(&[text(2, 5), text(2, 10)], 30, Fill::All), Some(vec![10, 20]));
    }

    #[test]
    fn text_wraps_and_amounts_stay_whole() {
        assert_eq!(
            fit(&[text(8, 40), amounts(3), amounts(7)], 30, Fill::All),
            Some(vec![20, 3, 7])
        );
        assert_eq!(fit(&[text(15, 15), amounts(7)], 16, Fill::All), Some(vec![9, 7]));
    }

    #[test]
    fn hints_are_followed_while_everything_fits() {
        let hinted = |demand: Demand, percent| Demand { hint: Hint::Percent(percent), ..demand };
        let demands =
            [hinted(text(5, 8), 50.0), hinted(amounts(4), 20.0), hinted(amounts(6), 30.0)];
        assert_eq!(fit(&demands, 40, Fill::All), Some(vec![20, 8, 12]));
        let demands = [hinted(text(5, 30), 20.0), hinted(amounts(4), 80.0)];
        assert_eq!(fit(&demands, 20, Fill::All), Some(vec![5, 15]));
    }

    #[test]
    fn one_box_takes_what_the_others_leave() {
        let said = |demand: Demand, columns| Demand { hint: Hint::Columns(columns), ..demand };
        let row = |name| [said(amounts(1), 5.0), text(7, name), said(amounts(7), 12.0)];
        let grow = [0.0, 1.0, 0.0];
        assert_eq!(grown(&row(4), &grow, 46), Some(vec![5, 29, 12]));
        assert_eq!(grown(&row(60), &grow, 46), Some(vec![5, 29, 12]));
        assert_eq!(grown(&[text(4, 9), amounts(6)], &[1.0, 1.0], 21), Some(vec![12, 9]));
    }

    #[test]
    fn what_does_not_fit_is_taken_apart() {
        let five = [text(12, 40), amounts(4), amounts(8), amounts(6), amounts(9)];
        assert_eq!(fit(&five, 30, Fill::All), None);
        assert_eq!(fit(&[text(5, 60), amounts(8), amounts(9)], 24, Fill::All), None);
        assert_eq!(main(&five), Some(0));
    }
}
