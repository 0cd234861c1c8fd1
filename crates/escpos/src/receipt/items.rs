//! The lines of an order on a bill.

use crate::locale::{Writing, is_same_sum};
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use crate::text::Note;
use platen_job::{Modifier, Money, Quantity, ReceiptItem};

/// An item: name and amount, then its unit price, modifiers, discount and remarks below the name. One that says nothing but how
/// many it is leaves nothing behind.
pub(super) fn lay_out(item: &ReceiptItem, axis: usize, writing: &Writing, sheet: &mut Sheet<'_>) {
    let prefix = prefix(item.quantity.as_ref(), item.unit.as_deref(), writing);
    let amount = amount_of(item).map(|amount| writing.amount(amount)).unwrap_or_default();
    let name = match said(item.tax.as_deref()) {
        Some(tax) => format!("{}\u{a0}({tax})", item.name.trim()),
        None => item.name.trim().to_owned(),
    };
    let unit_price = item.price.as_ref().filter(|price| !is_one(item) || !is_total(price, item));
    let unit_price =
        unit_price.and_then(|price| price_of_one(price, item.unit.as_deref(), writing));
    let is_bare = name.is_empty() && amount.is_empty() && unit_price.is_none();
    if is_bare && item.discount.is_none() && !has_more(item) {
        return leave_out(item, sheet);
    }
    if !(prefix.is_empty() && name.is_empty() && amount.is_empty()) {
        sheet.row(&prefix, &name, &amount, axis, Look::PLAIN);
    }
    let indent = indent(&prefix, Look::PLAIN, sheet);
    let below = |text: &str, sheet: &mut Sheet<'_>| {
        sheet.flow(&[(text, Look::PLAIN)], Align::Left, indent);
    };
    unit_price.iter().for_each(|text| below(text, sheet));
    let priced = |modifier: &Modifier| {
        format!("{}{}", named(modifier, writing), price_in_brackets(modifier, writing))
    };
    modifiers(&item.modifiers, Look::PLAIN, indent, &priced, sheet);
    if let Some(discount) = &item.discount {
        let word = discount.kind.map(|kind| writing.words().of_total(kind)).unwrap_or_default();
        let label = said(Some(&discount.label)).unwrap_or(word);
        below(format!("{label} ({})", writing.amount(&discount.amount)).trim(), sheet);
    }
    item.notes.iter().filter_map(|note| said(Some(note))).for_each(|note| below(note, sheet));
}

/// Whether something stands below its name.
pub(super) fn has_more(item: &ReceiptItem) -> bool {
    fn is_named(modifier: &Modifier) -> bool {
        !modifier.name.trim().is_empty() || modifier.modifiers.iter().any(is_named)
    }
    item.modifiers.iter().any(is_named) || item.notes.iter().any(|note| !note.trim().is_empty())
}

/// An item of which nothing is printed is told, unless there is nothing in it.
pub(super) fn leave_out(item: &ReceiptItem, sheet: &mut Sheet<'_>) {
    let said = |text: &str| !text.trim().is_empty();
    let mut amounts = [&item.price, &item.total].into_iter().flatten();
    let quantity = item.quantity.as_ref().is_some_and(|quantity| said(&quantity.0));
    if quantity || !item.modifiers.is_empty() || amounts.any(|amount| said(&amount.0)) {
        sheet.note(Note::NamelessLeftOut);
    }
}

/// Modifiers below their item, and those within them a step further in. One without a name is left out, and told.
pub(super) fn modifiers(
    list: &[Modifier],
    look: Look,
    indent: usize,
    text: &dyn Fn(&Modifier) -> String,
    sheet: &mut Sheet<'_>,
) {
    for modifier in list {
        if !modifier.name.trim().is_empty() {
            sheet.flow(&[(&text(modifier), look)], Align::Left, indent);
        } else if modifier.quantity.is_some() || modifier.price.is_some() {
            sheet.note(Note::NamelessLeftOut);
        }
        let further_in = (indent + 2).min(sheet.columns / 2);
        modifiers(&modifier.modifiers, look, further_in, text, sheet);
    }
}

/// The amount of a line: its total, or the price of one where it is one. The sender's amounts are never added up or multiplied.
pub(super) fn amount_of(item: &ReceiptItem) -> Option<&Money> {
    match (&item.total, &item.price) {
        (Some(total), _) => Some(total),
        (None, Some(price)) if is_one(item) => Some(price),
        _ => None,
    }
}

/// Whether nothing but that price is to be paid for a line.
fn is_total(price: &Money, item: &ReceiptItem) -> bool {
    item.total.as_ref().is_none_or(|total| is_same_sum(price, total))
}

fn is_one(item: &ReceiptItem) -> bool {
    item.quantity.as_ref().is_none_or(|quantity| quantity.0.trim() == "1")
}

/// `2 x `, `0.350 kg x `, or nothing.
pub(super) fn prefix(quantity: Option<&Quantity>, unit: Option<&str>, writing: &Writing) -> String {
    let quantity = quantity.map(|quantity| writing.number(quantity)).unwrap_or_default();
    let times = writing.read_in_direction("x".to_owned());
    match (quantity.is_empty(), said(unit)) {
        (true, _) => String::new(),
        (false, Some(unit)) => format!("{quantity} {unit} {times} "),
        (false, None) => format!("{quantity} {times} "),
    }
}

/// Columns before what stands below an item of that look.
pub(super) fn indent(prefix: &str, look: Look, sheet: &Sheet<'_>) -> usize {
    (sheet.width_of(prefix) * look.size.columns()).clamp(2, sheet.columns / 3)
}

/// `@ 12.50` or `@ 12.50/kg`
fn price_of_one(price: &Money, unit: Option<&str>, writing: &Writing) -> Option<String> {
    let price = writing.amount(price);
    let unit = said(unit).map(|unit| format!("/{unit}")).unwrap_or_default();
    said(Some(&price)).map(|price| writing.read_in_direction(format!("@ {price}{unit}")))
}

/// `2 x extra cheese`
pub(super) fn named(modifier: &Modifier, writing: &Writing) -> String {
    format!("{}{}", prefix(modifier.quantity.as_ref(), None, writing), modifier.name.trim())
}

/// ` (+1.00)`, or nothing.
fn price_in_brackets(modifier: &Modifier, writing: &Writing) -> String {
    let price = modifier.price.as_ref().map(|price| writing.amount(price)).unwrap_or_default();
    match price.as_str() {
        "" => String::new(),
        signed if signed.starts_with(['-', '−', '+']) => format!(" ({signed})"),
        plain if plain.starts_with(|c: char| c.is_numeric()) => format!(" (+{plain})"),
        other => format!(" ({other})"),
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
