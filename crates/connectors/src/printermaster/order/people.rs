//! Who an order is for, and who brings it.

use super::names::{
    ADDRESS, ADDRESS_PARTS, COURIER, COURIER_PHONE, CUSTOMER, CUSTOMER_ADDRESS, CUSTOMER_EMAIL,
    CUSTOMER_PHONE, CUSTOMER_TAX_ID, EMAIL, Names, PHONE, TAX_ID,
};
use super::values::text_or_name;
use crate::fields::{Fields, lines, object, text};
use platen_job::{Customer, Delivery};

/// The customer, from an object of its own or from the order's fields.
pub(super) fn customer(order: &Fields) -> Option<Customer> {
    let own = object(order, &["customer"]);
    let said = |within: Names, beside: Names| {
        own.and_then(|own| text(own, within)).or_else(|| text(order, beside))
    };
    let own_address = own.map(|own| address(own, ADDRESS)).unwrap_or_default();
    let customer = Customer {
        name: text_or_name(order, CUSTOMER),
        phone: said(PHONE, CUSTOMER_PHONE),
        email: said(EMAIL, CUSTOMER_EMAIL),
        address: if own_address.is_empty() {
            address(order, CUSTOMER_ADDRESS)
        } else {
            own_address
        },
        tax_id: said(TAX_ID, CUSTOMER_TAX_ID),
    };
    (customer != Customer::default()).then_some(customer)
}

/// An address as a text, as lines, or in parts.
fn address(fields: &Fields, names: Names) -> Vec<String> {
    match object(fields, names) {
        Some(parts) => ADDRESS_PARTS.iter().filter_map(|names| text(parts, names)).collect(),
        None => lines(fields, names),
    }
}

/// The courier.
pub(super) fn delivery(order: &Fields) -> Option<Delivery> {
    let delivery = Delivery {
        courier: text_or_name(order, COURIER),
        phone: text(order, COURIER_PHONE),
        fee: None,
    };
    (delivery != Delivery::default()).then_some(delivery)
}
