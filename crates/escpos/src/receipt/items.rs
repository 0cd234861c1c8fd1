//! The lines of an order on a bill.

use crate::locale::Writing;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::{Modifier, Money, Quantity, ReceiptItem};

/// An item: name and amount, then its unit price, modifiers, discount and remarks below the name.
pub(super) fn lay_out(item: &ReceiptItem, axis: usize, writing: &Writing, sheet: &mut Sheet<'_>) {
    let prefix = prefix(item.quantity.as_ref(), item.unit.as_deref(), writing);
    let amount = amount_of(item).map(|amount| writing.amount(amount)).unwrap_or_default();
    let name = match said(item.tax.as_deref()) {
        Some(tax) => format!("{}\u{a0}({tax})", item.name.trim()),
        None => item.name.trim().to_owned(),
    };
    if !(prefix.is_empty() && name.is_empty() && amount.is_empty()) {
        sheet.row(&prefix, &name, &amount, axis, Look::PLAIN);
    }
    let indent = indent(&prefix, Look::PLAIN, sheet);
    let mut below = |text: &str| sheet.flow(&[(text, Look::PLAIN)], Align::Left, indent);
    if let Some(price) = item.price.as_ref().filter(|_| !is_one(item)) {
        unit_price(price, item.unit.as_deref(), writing).iter().for_each(|text| below(text));
    }
    item.modifiers.iter().for_each(|modifier| below(&modifier_text(modifier, writing)));
    if let Some(discount) = &item.discount {
        let word = discount.kind.map(|kind| writing.words().of_total(kind)).unwrap_or_default();
        let label = said(Some(&discount.label)).unwrap_or(word);
        below(format!("{label} ({})", writing.amount(&discount.amount)).trim());
    }
    item.notes.iter().filter_map(|note| said(Some(note))).for_each(below);
}

/// The amount of a line: its total, or the price of one where it is one. The sender's amounts are never added up or multiplied.
pub(super) fn amount_of(item: &ReceiptItem) -> Option<&Money> {
    match (&item.total, &item.price) {
        (Some(total), _) => Some(total),
        (None, Some(price)) if is_one(item) => Some(price),
        _ => None,
    }
}

fn is_one(item: &ReceiptItem) -> bool {
    item.quantity.as_ref().is_none_or(|quantity| quantity.0.trim() == "1")
}

/// `2 x `, `0.350 kg x `, or nothing.
pub(super) fn prefix(quantity: Option<&Quantity>, unit: Option<&str>, writing: &Writing) -> String {
    let quantity = quantity.map(|quantity| writing.number(quantity)).unwrap_or_default();
    match (quantity.is_empty(), said(unit)) {
        (true, _) => String::new(),
        (false, Some(unit)) => format!("{quantity} {unit} x "),
        (false, None) => format!("{quantity} x "),
    }
}

/// Columns before what stands below an item of that look.
pub(super) fn indent(prefix: &str, look: Look, sheet: &Sheet<'_>) -> usize {
    (sheet.width_of(prefix) * look.size.columns()).clamp(2, sheet.columns / 3)
}

/// `@ 12.50` or `@ 12.50/kg`
fn unit_price(price: &Money, unit: Option<&str>, writing: &Writing) -> Option<String> {
    let price = writing.amount(price);
    let unit = said(unit).map(|unit| format!("/{unit}")).unwrap_or_default();
    said(Some(&price)).map(|price| format!("@ {price}{unit}"))
}

/// `2 x extra cheese (+1.00)`
pub(super) fn modifier_text(modifier: &Modifier, writing: &Writing) -> String {
    let prefix = prefix(modifier.quantity.as_ref(), None, writing);
    let price = modifier.price.as_ref().map(|price| writing.amount(price)).unwrap_or_default();
    let price = match price.as_str() {
        "" => String::new(),
        signed if signed.starts_with(['-', '−', '+']) => format!(" ({signed})"),
        plain if plain.starts_with(|c: char| c.is_numeric()) => format!(" (+{plain})"),
        other => format!(" ({other})"),
    };
    format!("{prefix}{}{price}", modifier.name.trim())
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
