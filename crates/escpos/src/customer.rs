//! Who a document is for, and who brings it.

use crate::facts::{labelled, pair};
use crate::locale::Writing;
use crate::sheet::{Look, Sheet};
use crate::words::Word;
use platen_job::{Customer, Delivery};

/// Name, telephone, e-mail, address, tax number.
pub(crate) fn customer(customer: &Customer, name: Look, writing: &Writing, sheet: &mut Sheet<'_>) {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let label = labelled(writing.word(Word::Customer), ": ", &said(&customer.name));
    pair(&label, "", name, sheet);
    let phone = writing.identifier(&said(&customer.phone));
    pair(&labelled(writing.word(Word::Phone), " ", &phone), "", Look::PLAIN, sheet);
    pair(&said(&customer.email), "", Look::PLAIN, sheet);
    customer.address.iter().for_each(|line| pair(line, "", Look::PLAIN, sheet));
    let tax_id = writing.identifier(&said(&customer.tax_id));
    let tax_id = labelled(writing.word(Word::TaxId), ": ", &tax_id);
    pair(&tax_id, "", Look::PLAIN, sheet);
}

/// Where an order goes, for those who pack it: name, telephone and address.
pub(crate) fn destination(customer: &Customer, writing: &Writing, sheet: &mut Sheet<'_>) {
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    pair(&said(&customer.name), "", Look::TALL, sheet);
    let phone = writing.identifier(&said(&customer.phone));
    pair(&labelled(writing.word(Word::Phone), " ", &phone), "", Look::PLAIN, sheet);
    customer.address.iter().for_each(|line| pair(line, "", Look::PLAIN, sheet));
}

/// Name and telephone of who brings it.
pub(crate) fn courier(delivery: &Delivery, writing: &Writing, sheet: &mut Sheet<'_>) {
    let name = delivery.courier.as_deref().unwrap_or_default();
    let phone = delivery.phone.as_deref().unwrap_or_default();
    pair(&labelled(writing.word(Word::Courier), ": ", name), phone, Look::PLAIN, sheet);
}
