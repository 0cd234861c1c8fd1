//! The amounts of an order.

use super::first;
use super::names::{
    AMOUNT, CHANGE, DELIVERY, DISCOUNT, DISCOUNTS, METHOD, NAME, Names, PAID, PAYMENT_METHOD,
    PAYMENTS, RECEIVED, REFERENCE, ROUNDING, SERVICE_CHARGE, SUBTOTAL, TAX, TAX_BASE, TAX_RATE,
    TAXES, TIP, TOTAL,
};
use super::values::text_or_name;
use crate::fields::{Fields, list, text};
use platen_job::{Money, Payment, Receipt, ReceiptTotal, Tax, TotalKind, amount_of, quantity_of};
use serde_json::Value;

/// Amounts before the total, in the order of the paper.
const TOTALS: &[(TotalKind, Names)] = &[
    (TotalKind::Subtotal, SUBTOTAL),
    (TotalKind::Discount, DISCOUNT),
    (TotalKind::Delivery, DELIVERY),
    (TotalKind::Service, SERVICE_CHARGE),
    (TotalKind::Tax, TAX),
    (TotalKind::Tip, TIP),
    (TotalKind::Rounding, ROUNDING),
];

/// Reads amounts of one currency.
pub(super) struct Purse {
    /// Its code or sign; empty where it is not known.
    pub(super) currency: String,
}

impl Purse {
    /// The first of these fields as an amount; what is none, such as `"NaN"`, is absent.
    pub(super) fn amount(&self, fields: &Fields, names: Names) -> Option<Money> {
        first(fields, names).and_then(|value| amount_of(value, &self.currency))
    }
}

/// Puts the amounts into a receipt.
pub(super) fn fill(receipt: &mut Receipt, order: &Fields, purse: &Purse) {
    receipt.taxes = list(order, TAXES).filter_map(|value| tax(value, purse)).collect();
    for (kind, names) in TOTALS {
        match kind {
            TotalKind::Discount => receipt.totals.extend(discounts(order, purse)),
            // The sum is that of the rates.
            TotalKind::Tax if !receipt.taxes.is_empty() => continue,
            _ => {}
        }
        receipt.totals.extend(total(*kind, purse.amount(order, names)));
    }
    receipt.total = purse.amount(order, TOTAL);
    receipt.payments = payments(order, receipt.total.as_ref(), purse);
    receipt.received = purse.amount(order, RECEIVED);
    receipt.change = purse.amount(order, CHANGE);
}

fn total(kind: TotalKind, amount: Option<Money>) -> Option<ReceiptTotal> {
    Some(ReceiptTotal { kind: Some(kind), label: String::new(), amount: amount? })
}

fn discounts<'a>(order: &'a Fields, purse: &'a Purse) -> impl Iterator<Item = ReceiptTotal> + 'a {
    list(order, DISCOUNTS).filter_map(|value| {
        let fields = value.as_object()?;
        let discount = total(TotalKind::Discount, purse.amount(fields, AMOUNT))?;
        Some(ReceiptTotal { label: text(fields, NAME).unwrap_or_default(), ..discount })
    })
}

fn tax(value: &Value, purse: &Purse) -> Option<Tax> {
    let fields = value.as_object()?;
    let tax = Tax {
        label: text(fields, NAME),
        rate: first(fields, TAX_RATE).and_then(quantity_of),
        base: purse.amount(fields, TAX_BASE),
        amount: purse.amount(fields, AMOUNT),
    };
    (tax != Tax::default()).then_some(tax)
}

/// The list of payments, else the one method with what was paid, or with the total.
fn payments(order: &Fields, total: Option<&Money>, purse: &Purse) -> Vec<Payment> {
    let listed: Vec<Payment> =
        list(order, PAYMENTS).filter_map(|value| payment(value, purse)).collect();
    if !listed.is_empty() {
        return listed;
    }
    let method = text_or_name(order, PAYMENT_METHOD);
    let paid = purse.amount(order, PAID);
    let amount = paid.clone().or_else(|| total.cloned());
    let method = method.or_else(|| paid.map(|_| "Paid".to_owned()));
    let payment = method.map(|method| Payment { method, amount, ..Payment::default() });
    payment.into_iter().collect()
}

fn payment(value: &Value, purse: &Purse) -> Option<Payment> {
    let fields = value.as_object()?;
    Some(Payment {
        method: text_or_name(fields, METHOD).or_else(|| text(fields, NAME))?,
        amount: purse.amount(fields, AMOUNT),
        reference: text(fields, REFERENCE),
    })
}
