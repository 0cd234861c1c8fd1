//! Receipts as they come out on paper, against texts that a person has looked at.
//!
//! `PLATEN_GOLDEN=write cargo test -p platen-escpos` writes the texts anew: look at them before you keep them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{Profile, encode, text_view};
use platen_job::{
    Customer, Document, Frame, Mark, Money, Payment, Quantity, Receipt, ReceiptItem, ReceiptTotal,
};
use std::path::Path;

fn money(text: &str) -> Option<Money> {
    Some(Money(text.into()))
}

fn sum(label: &str, amount: &str) -> ReceiptTotal {
    ReceiptTotal { label: label.into(), amount: Money(amount.into()), ..ReceiptTotal::default() }
}

fn paid(method: &str, amount: &str) -> Payment {
    Payment { method: method.into(), amount: money(amount), ..Payment::default() }
}

fn item(quantity: &str, name: &str, price: &str, total: &str, notes: &[&str]) -> ReceiptItem {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ReceiptItem {
        name: name.into(),
        quantity: some(quantity).map(Quantity),
        price: some(price).map(Money),
        total: some(total).map(Money),
        notes: notes.iter().map(|note| (*note).into()).collect(),
        ..ReceiptItem::default()
    }
}

fn bill() -> Receipt {
    Receipt {
        frame: Frame {
            header: vec![
                "Café Zoë & Söhne".into(),
                "12 rue de l’Église".into(),
                "67000 Strasbourg".into(),
            ],
            footer: vec!["Merci de votre visite !".into(), "À bientôt…".into()],
            ..Frame::default()
        },
        order: Some("A-1047".into()),
        table: Some("12".into()),
        date: Some("21/11/2026 12:30".into()),
        cashier: Some("Łukasz".into()),
        customer: Some(Customer::named("Mme Lefèvre")),
        items: vec![
            item(
                "2",
                "Pizza quatre fromages avec supplément miel et noix",
                "12.50",
                "25.00",
                &["sans gluten", "coupée en huit parts, s’il vous plaît, pour les enfants"],
            ),
            item("1", "Eau gazeuse 50 cl", "3.20", "3.20", &[]),
            item("0.350", "Gruyère au kilo", "28.00", "9.80", &[]),
            item("1", "Œuf à la coque", "", "2.50", &[]),
            item("", "Remise fidélité", "", "-1.50", &[]),
        ],
        totals: vec![sum("Sous-total", "39.00"), sum("TVA 10 %", "3.90")],
        total: money("1042.90"),
        currency: Some("€".into()),
        payments: vec![paid("Carte bancaire", "1000.00"), paid("Espèces", "42.90")],
        notes: vec!["Livraison au 2e étage".into()],
        ..Receipt::default()
    }
}

fn kitchen() -> Receipt {
    Receipt {
        frame: Frame { title: Some("KITCHEN".into()), ..Frame::default() },
        order: Some("Order #88".into()),
        table: Some("7".into()),
        date: Some("12:31".into()),
        items: vec![
            item(
                "2",
                "Cheeseburger with caramelised onions",
                "",
                "",
                &["no pickles", "medium rare"],
            ),
            item("1", "Caesar salad", "", "", &["dressing on the side"]),
            item("", "Bread", "", "", &[]),
        ],
        notes: vec!["Allergy: nuts!".into()],
        ..Receipt::default()
    }
}

fn paper(receipt: Receipt, profile: &str, mark: Option<Mark>) -> String {
    paper_of(receipt, Profile::builtin(profile).unwrap(), mark)
}

fn paper_of(receipt: Receipt, profile: Profile, mark: Option<Mark>) -> String {
    let encoded = encode(&Document::Receipt(Box::new(receipt)), &profile, mark).unwrap();
    assert_eq!(encoded.notes, []);
    text_view(&encoded.bytes, &profile)
}

fn assert_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, actual).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(actual, kept, "{name} came out differently:\n{actual}");
}

#[test]
fn a_bill_on_three_widths() {
    assert_golden("bill-32.txt", &paper(bill(), "generic-58", None));
    assert_golden("bill-42.txt", &paper(bill(), "epson-tm-t88vi", None));
    assert_golden("bill-48.txt", &paper(bill(), "generic-80", Some(Mark::PossibleDuplicate)));
}

#[test]
fn a_kitchen_ticket() {
    assert_golden("kitchen-32.txt", &paper(kitchen(), "generic-58", Some(Mark::Reprint)));
    assert_golden("kitchen-48.txt", &paper(kitchen(), "generic-80", None));
}

#[test]
fn a_test_page() {
    let profile = Profile::builtin("generic-80").unwrap();
    let lines = vec!["Printer: Bar".into(), "Profile: generic-80".into()];
    let encoded = encode(&Document::TestPage { lines }, &profile, None).unwrap();
    assert_golden("test-page-48.txt", &text_view(&encoded.bytes, &profile));
}

#[test]
fn a_receipt_on_forty_columns() {
    let mut profile = Profile::builtin("generic-80").unwrap();
    profile.columns = 40;
    let receipt = Receipt {
        frame: Frame {
            header: vec!["TW Possible Shop with a rather long name".into()],
            ..Frame::default()
        },
        order: Some("POS/00042".into()),
        date: Some("2026-11-21 12:30:05".into()),
        items: vec![
            item("3", "Espresso", "2.00", "6.00", &[]),
            item("1", "Donaudampfschifffahrtsgesellschaftskapitänstorte", "4.80", "4.80", &[]),
            item("1", "Gift card", "", "1,234,567,890.00", &[]),
        ],
        totals: vec![sum("Subtotal", "1,234,567,900.80"), sum("Tax", "0.00")],
        total: money("1,234,567,900.80"),
        payments: vec![paid("Cash", "1,234,567,900.80")],
        cashier: Some("Administrator of the whole company".into()),
        currency: Some("EUR".into()),
        ..Receipt::default()
    };
    assert_golden("receipt-40.txt", &paper_of(receipt, profile, None));
}

#[test]
fn a_receipt_of_totals_alone_has_no_holes() {
    let frame = Frame { footer: vec!["Bye".into()], ..Frame::default() };
    let receipt = Receipt { total: money("5.00"), frame, ..Receipt::default() };
    let paper = paper(receipt, "generic-58", None);
    assert_eq!(paper, "TOTAL              5.00\n\n              Bye\n\n\n\n\n");
}
