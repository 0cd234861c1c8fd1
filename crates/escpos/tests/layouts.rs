//! The published examples on paper of three widths, against texts that a person has looked at.
//!
//! `PLATEN_GOLDEN=write cargo test -p platen-escpos --test layouts` writes the texts anew: look at them before you keep them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{EncodeError, Marks, Profile, encode, text_view};
use platen_job::{Document, Mark};
use serde_json::json;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/examples")
}

fn example(name: &str) -> Document {
    let json = std::fs::read(examples().join(name).with_extension("json")).unwrap();
    Document::from_json(&json).unwrap().0
}

/// The printers of the three widths.
fn printers() -> [Profile; 3] {
    ["generic-58", "epson-tm-t88vi", "generic-80"].map(|name| Profile::builtin(name).unwrap())
}

fn paper(document: &Document, profile: &Profile) -> String {
    let encoded = encode(document, profile, None).unwrap();
    assert_eq!(encoded.notes, [], "{}", profile.name);
    text_view(&encoded.bytes, profile)
}

#[test]
fn every_layout_on_three_widths() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut differing = Vec::new();
    for name in
        ["cafe-bill", "kitchen-ticket", "delivery-ticket-fr", "reservation", "cash-out", "label"]
    {
        for profile in printers() {
            let path = folder.join(format!("{name}-{}.txt", profile.columns));
            let paper = paper(&example(name), &profile);
            if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
                std::fs::write(&path, &paper).unwrap();
            }
            if std::fs::read_to_string(&path).unwrap() != paper {
                differing.push(format!("{}:\n{paper}", path.display()));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// The lines between the order and the cut of a document on 48 columns, and what there is to say about it.
fn printed(sent: &serde_json::Value) -> (Vec<String>, Vec<String>) {
    let (document, _) = Document::from_json(sent.to_string().as_bytes()).unwrap();
    let profile = Profile::builtin("generic-80").unwrap();
    let encoded = encode(&document, &profile, None).unwrap();
    let paper = text_view(&encoded.bytes, &profile);
    let lines = paper.lines().map(str::trim_end).take_while(|line| !line.starts_with('✂'));
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("--"));
    (lines.map(str::to_owned).collect(), encoded.notes.iter().map(ToString::to_string).collect())
}

#[test]
fn what_has_no_name_leaves_no_hole_and_its_amount_stays() {
    let nameless = "lines of the order that have no name are left out";
    let items = json!([
        {"name": "Tea", "quantity": 1, "total": "2.00", "modifiers": [{"price": "2.00"}, {"quantity": 3}]},
        {"quantity": 2},
        {"total": "3.00"},
        {"quantity": 2, "price": "4.00"},
    ]);
    let (lines, notes) = printed(&json!({"type": "receipt", "items": items, "total": "9.00"}));
    assert_eq!(
        lines,
        [
            "1 x Tea                                     2.00",
            "                                            3.00",
            "2 x",
            "    @ 4.00",
            "TOTAL                              9.00",
        ]
    );
    assert_eq!(notes, [nameless]);
    let (lines, notes) = printed(&json!({"type": "kitchen-ticket", "items": items}));
    assert_eq!(lines, ["                    KITCHEN", "1 x Tea"]);
    assert_eq!(notes, [nameless]);
    let whole = json!({"type": "receipt", "items": [{"name": "Tea"}, {}], "header": "Shop"});
    assert_eq!(printed(&whole).1, Vec::<String>::new());
    // With nothing else on it, the reason stands in the refusal.
    let (bare, _) = Document::from_json(br#"{"type":"receipt","items":[{"quantity":2}]}"#).unwrap();
    let refused = encode(&bare, &Profile::builtin("generic-80").unwrap(), None).unwrap_err();
    assert!(refused.to_string().ends_with(nameless), "{refused}");
}

#[test]
fn the_price_of_one_stands_wherever_it_is_not_what_is_to_be_paid() {
    let items = json!([
        {"name": "Tea", "quantity": 1, "price": "5.00", "total": "4.00"},
        {"name": "Cake", "price": "3.00", "total": "2.50", "discount": {"label": "Late", "amount": "-0.50"}},
        {"name": "Milk", "quantity": 1, "price": "2", "total": "2.00"},
        {"name": "Salt", "price": "1.00"},
    ]);
    let (lines, notes) = printed(&json!({"type": "receipt", "items": items}));
    assert_eq!(
        lines,
        [
            "1 x Tea                                     4.00",
            "    @ 5.00",
            "Cake                                        2.50",
            "  @ 3.00",
            "  Late (-0.50)",
            "1 x Milk                                    2.00",
            "Salt                                        1.00",
        ]
    );
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn a_payment_that_does_not_say_how_has_our_word() {
    let payments = json!([{"amount": "5.00"}, {"reference": "4242"}, {}]);
    let paid = |language: &str| {
        printed(&json!({"type": "receipt", "language": language, "total": "5.00", "payments": payments})).0
    };
    assert_eq!(
        paid("en")[1..],
        ["Payment                                     5.00", "Payment (4242)"]
    );
    assert!(paid("fr")[1].starts_with("Paiement "));
}

#[test]
fn what_is_chosen_with_a_choice_stands_further_in() {
    let item = json!({"name": "Menu", "quantity": 1, "modifiers": [
        {"name": "Burger", "modifiers": [
            {"name": "cheese", "price": "1.00", "modifiers": ["Comté"]}, {"quantity": 2, "name": "bacon"},
        ]},
        "Cola",
    ]});
    let (bill, notes) = printed(&json!({"type": "receipt", "items": [item], "total": "9.00"}));
    let wanted = [
        "1 x Menu",
        "    Burger",
        "      cheese (+1.00)",
        "        Comté",
        "      2 x bacon",
        "    Cola",
    ];
    assert_eq!(bill[..6], wanted);
    assert_eq!(notes, Vec::<String>::new());
    let (ticket, _) = printed(&json!({"type": "kitchen-ticket", "items": [item]}));
    let wanted = [
        "1 x Menu",
        "        Burger",
        "          cheese",
        "            Comté",
        "          2 x bacon",
        "        Cola",
    ];
    assert_eq!(ticket[1..], wanted);
}

#[test]
fn those_who_pack_an_order_see_where_it_goes() {
    let (lines, notes) = printed(&json!({
        "type": "kitchen-ticket", "order": 7, "items": ["Soup"],
        "customer": {"name": "Ahmed", "phone": "0555 12", "address": ["12 High Street", "Flat 3"], "email": "a@b.c"},
        "delivery": {"courier": "Karim", "phone": "0770 98", "fee": "2.00"},
    }));
    let wanted = ["Ahmed", "Tel. 0555 12", "12 High Street", "Flat 3"];
    let at = lines.iter().position(|line| line == "Ahmed").unwrap();
    assert_eq!(lines[at..at + 4], wanted);
    assert_eq!(lines[at + 4], format!("{:<41}0770 98", "Courier: Karim"));
    assert!(!lines.concat().contains("2.00") && notes.is_empty(), "{lines:?}");
}

fn document(sent: serde_json::Value) -> Document {
    Document::from_json(sent.to_string().as_bytes()).unwrap().0
}

fn marked(document: &Document, marks: Marks<'_>, profile: &str) -> Vec<String> {
    let profile = Profile::builtin(profile).unwrap();
    let paper = text_view(&encode(document, &profile, marks).unwrap().bytes, &profile);
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    paper.lines().map(words).filter(|line| !line.trim_matches('-').is_empty()).collect()
}

#[test]
fn marks_stand_first_and_last_on_every_copy_in_the_language_of_the_paper() {
    let bill = document(json!({"type": "receipt", "language": "de", "total": 5, "copies": 2}));
    let marks = Marks { mark: Some(Mark::Reprint), backup_from: Some("Bar") };
    let paper = marked(&bill, marks, "generic-58");
    let copy = ["SUMME 5,00", "ERSATZ FÜR Bar", "NACHDRUCK"];
    assert_eq!(paper[..5], [&["NACHDRUCK", "ERSATZ FÜR Bar"][..], &copy].concat());
    assert_eq!(paper[5..], [&["NACHDRUCK", "ERSATZ FÜR Bar", "Kopie 2/2"][..], &copy].concat());
    let long =
        Marks { mark: None, backup_from: Some("the printer beside the second till of the bar") };
    let paper = marked(&bill, long, "generic-58");
    assert_eq!(paper[..2].join(" "), "ERSATZ FÜR the printer beside the second till of the bar");
}

/// Where all that there was had to be left out, the reason is told, not that there was nothing.
#[test]
fn a_receipt_of_nothing_but_a_code_that_does_not_fit_says_why() {
    let profile = Profile::builtin("generic-80").unwrap();
    let code = document(
        json!({"type": "receipt", "codes": [{"symbology": "qr", "data": "x".repeat(5_000)}]}),
    );
    let reason = encode(&code, &profile, None).unwrap_err().to_string();
    let words = "there is nothing to print: a code is left out: ";
    assert!(reason.starts_with(words) && reason.len() > words.len(), "{reason}");
}

/// Amounts as large as those of Indonesia or Algeria stay whole and apart, also on narrow paper.
#[test]
fn a_tax_tables_amounts_are_never_broken() {
    let (rupiah, dinars) = (["9.000.000,00", "990.000,00"], ["10 504 201,68", "1 995 798,32"]);
    for (language, currency, base, amount, wanted) in [
        ("id", "IDR", "9000000", "990000", rupiah),
        ("fr-DZ", "DZD", "10504201.68", "1995798.32", dinars),
    ] {
        let tax = |rate: u32| json!({"label": "PPN", "rate": rate, "base": base, "amount": amount});
        let bill = document(
            json!({"type": "receipt", "language": language, "currency": currency, "items": ["Tea"], "taxes": [tax(11), tax(5)]}),
        );
        for profile in ["generic-58", "generic-80"] {
            let profile = Profile::builtin(profile).unwrap();
            let bytes = encode(&bill, &profile, None).unwrap().bytes;
            let paper = text_view(&bytes, &profile).replace(['\u{a0}', '\u{202f}'], " ");
            for wanted in wanted {
                let apart = format!(" {wanted}");
                assert_eq!(
                    paper.matches(&apart).count(),
                    2,
                    "{wanted}, {}:\n{paper}",
                    profile.name
                );
            }
        }
    }
}

#[test]
fn every_copy_is_cut_off_and_labels_are_equal() {
    let label = document(json!({"type": "label", "title": "Tea", "copies": 3}));
    let paper = marked(&label, Marks::default(), "generic-80");
    let cut = paper[1].clone();
    assert!(cut.starts_with('✂'));
    assert_eq!(paper, ["Tea", &cut, "Tea", &cut, "Tea", &cut]);
}

#[test]
fn a_document_of_nothing_is_refused_whatever_stands_around_it() {
    let profile = Profile::builtin("generic-80").unwrap();
    for kind in ["receipt", "kitchen-ticket", "reservation", "cash-out", "label"] {
        let empty = document(json!({"type": kind, "language": "fr", "copies": 2, "footer": [" "]}));
        let marks = Marks { mark: Some(Mark::Reprint), backup_from: Some("Bar") };
        assert_eq!(encode(&empty, &profile, marks), Err(EncodeError::Empty), "{kind}");
    }
}

#[test]
fn five_thousand_items_are_a_receipt() {
    let item = json!({"name": "Crème brûlée à la vanille", "quantity": 2, "price": 4.5, "total": 9, "notes": ["hot"]});
    let sent = json!({"type": "receipt", "language": "fr", "currency": "EUR", "items": vec![item; 5_000], "total": 45_000});
    let paper = marked(&document(sent), Marks::default(), "generic-80");
    assert_eq!(paper.iter().filter(|line| line.ends_with("9,00")).count(), 5_000);
    assert!(paper.iter().any(|line| line.ends_with("45 000,00 €")));
}

#[test]
fn negative_and_odd_amounts_are_printed_as_they_are_meant() {
    let sent = json!({"type": "receipt", "language": "en-US", "currency": "USD", "items": [
        {"name": "Refund", "total": -4.5}, {"name": "Gift", "total": "free"}, {"name": "Odd", "total": "1,234"}],
        "total": "-4.5"});
    let paper = marked(&document(sent), Marks::default(), "generic-80");
    let ends = ["-4.50", "free", "1,234", "-$4.50"];
    let amounts: Vec<&String> =
        paper.iter().filter(|line| ends.iter().any(|end| line.ends_with(end))).collect();
    assert_eq!(amounts.len(), 4, "{paper:?}");
}

#[test]
fn the_page_for_integrators_shows_what_comes_out() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/receipts.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut blocks = page.split("```");
    let sent = blocks.nth(1).unwrap().strip_prefix("json").unwrap();
    let shown = blocks.nth(1).unwrap();
    let (document, _) = Document::from_json(sent.as_bytes()).unwrap();
    let paper = paper(&document, &Profile::builtin("generic-58").unwrap());
    assert_eq!(paper.trim_end(), shown.trim_matches('\n'));
}
