//! Short facts with their labels, two on a line where they fit.

use crate::scan::Align;
use crate::sheet::{Cell, Look, Sheet};

/// `Order 17`, or just the text where it says so itself, or nothing.
pub(crate) fn labelled(label: &str, between: &str, text: &str) -> String {
    let text = text.trim();
    let says_so = text.to_lowercase().starts_with(&label.to_lowercase());
    if text.is_empty() || says_so { text.to_owned() } else { format!("{label}{between}{text}") }
}

/// Two texts on one line where they fit, else on two.
pub(crate) fn pair(left: &str, right: &str, look: Look, sheet: &mut Sheet<'_>) {
    let [left, right] = [left.trim(), right.trim()];
    let beside = sheet.width_of(right);
    let together = sheet.width_of(left) + beside < sheet.columns_of(look);
    if !left.is_empty() && !right.is_empty() && together {
        let edge = sheet.columns - beside * look.size.columns();
        let [left, right] = [[(left, look)], [(right, look)]];
        return sheet.cells(&[
            Cell { spans: &left, columns: edge, align: Align::Left },
            Cell { spans: &right, columns: sheet.columns - edge, align: Align::Right },
        ]);
    }
    for text in [left, right].into_iter().filter(|text| !text.is_empty()) {
        sheet.flow(&[(text, look)], Align::Left, 0);
    }
}

/// A row that is as large as it can be on one line: double width and height, else double height.
pub(crate) fn large(label: &str, text: &str, sheet: &mut Sheet<'_>) {
    let beside = sheet.width_of(text);
    let fits = sheet.width_of(label) + 1 + beside <= sheet.columns_of(Look::HEADING);
    let roomy = beside <= sheet.columns_of(Look::HEADING) / 2;
    let look = if fits && roomy { Look::HEADING } else { Look::BOLD_TALL };
    sheet.row("", label, text, beside, look);
}
