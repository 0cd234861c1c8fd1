//! Documents as integrators write them, and as the spool keeps them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_job::{
    Customer, Document, DocumentError, DocumentFormat, DocumentJsonError, DocumentType,
    MOST_JSON_BYTES, MOST_JSON_LEVELS, MOST_JSON_VALUES, MOST_LEFT_OUT, Money, Picture,
    PictureOptions, PictureWidth, Receipt, ReceiptKind, document_schema,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn schema_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema")
}

fn read(sent: &Value) -> Result<(Document, Vec<String>), DocumentJsonError> {
    let (document, unknown) = Document::from_json(sent.to_string().as_bytes())?;
    Ok((document, unknown.iter().map(ToString::to_string).collect()))
}

fn receipt(sent: Value) -> Receipt {
    match read(&sent) {
        Ok((Document::Receipt(receipt), unknown)) if unknown.is_empty() => *receipt,
        other => panic!("{other:?}"),
    }
}

/// `PLATEN_GOLDEN=write cargo test -p platen-job` writes the schema anew.
#[test]
fn the_schema_file_says_what_the_reader_takes() {
    let path = schema_folder().join("document.schema.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&document_schema()).unwrap());
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn every_example_is_read_to_its_last_field() {
    let mut formats = Vec::new();
    for entry in std::fs::read_dir(schema_folder().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let (document, unknown) = Document::from_json(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(unknown, [], "{}", path.display());
        let payload = document.to_payload().unwrap();
        formats.push(document.format());
        assert_eq!(Document::from_payload(document.format(), payload), Ok(document));
    }
    for format in [
        DocumentFormat::Receipt,
        DocumentFormat::Reservation,
        DocumentFormat::CashOut,
        DocumentFormat::Label,
    ] {
        assert!(formats.contains(&format), "no example of a {format}");
    }
}

#[test]
fn short_forms_are_the_long_ones() {
    let short = receipt(json!({
        "type": "receipt", "currency": "EUR", "customer": "Ana", "order": 118, "header": "Café\nLune",
        "items": ["Tea", {"name": "Soup", "price": 4.5, "quantity": 2.0, "modifiers": ["hot"]}],
        "payments": ["Card"], "delivery": "Luc"
    }));
    let long = receipt(json!({
        "type": "receipt", "currency": "EUR", "customer": {"name": "Ana"}, "order": "118",
        "header": ["Café", null, "Lune"],
        "items": [{"name": "Tea"}, null, {"name": "Soup", "price": "4.50", "quantity": "2", "modifiers": [{"name": "hot"}]}],
        "payments": [{"method": "Card"}], "delivery": {"courier": "Luc"}, "total": null, "notes": null
    }));
    assert!(short == long);
    assert_eq!(short.kind, Some(ReceiptKind::Bill));
    assert_eq!(short.customer, Some(Customer::named("Ana")));
    let ticket = read(&json!({"type": "kitchen-ticket", "order": 5})).unwrap().0;
    assert_eq!(ticket.usual_type(), DocumentType::KitchenTicket);
}

#[test]
fn amounts_keep_their_text_and_numbers_get_the_decimals_of_the_currency() {
    let total = |currency: &str, amount: Value| {
        receipt(json!({"type": "receipt", "currency": currency, "total": amount})).total
    };
    for (currency, amount, printed) in [
        ("EUR", json!("12,5"), "12,5"),
        ("EUR", json!(12.5), "12.50"),
        ("EUR", json!(-3), "-3.00"),
        ("EUR", json!(0.1 + 0.2), "0.30"),
        ("jpy", json!(1200), "1200"),
        ("TND", json!(1.5), "1.500"),
        ("DA", json!(999_999_999_999.0), "999999999999.00"),
        ("", json!("free"), "free"),
    ] {
        assert!(total(currency, amount) == Some(Money(printed.into())), "{printed}");
    }
    assert!(total("EUR", json!(" ")).is_none());
}

#[test]
fn unknown_fields_are_listed_by_their_place_and_left_out() {
    let (_, unknown) = read(&json!({
        "type": "receipt", "colour": "secret", "items": [{"name": "Tea", "sku": {"deep": "secret"}}],
        "customer": {"a\u{1b}b": 1, &*"k".repeat(500): 2}
    }))
    .unwrap();
    let long = format!("customer.{}…", "k".repeat(60));
    let places = ["colour", "customer.a\\u{1b}b", &long, "items[0].sku"];
    assert_eq!(unknown, places.map(|place| format!("left out, no such field: {place}")));
    let many: serde_json::Map<_, _> = (0..500).map(|n| (format!("x{n}"), json!(1))).collect();
    let mut sent = Value::Object(many);
    sent["type"] = "label".into();
    assert_eq!(read(&sent).unwrap().1.len(), MOST_LEFT_OUT);
}

#[test]
fn a_line_or_a_code_that_lacks_what_it_needs_is_left_out_and_the_bill_is_not() {
    let left_out = |mut sent: Value| {
        sent["type"] = "receipt".into();
        sent["total"] = "2.00".into();
        let (document, left_out) = read(&sent).unwrap();
        let Document::Receipt(receipt) = document else { panic!("no receipt") };
        assert!(receipt.total == Some(Money("2.00".into())), "{sent}");
        (receipt, left_out)
    };
    for (sent, said) in [
        (
            json!({"totals": [{"kind": "tip", "amount": null}]}),
            "left out, it has no amount: totals[0]",
        ),
        (
            json!({"totals": [{"kind": "tip", "amount": ""}]}),
            "left out, it has no amount: totals[0]",
        ),
        (
            json!({"items": [{"name": "Tea", "discount": {"label": "Half"}}]}),
            "left out, it has no amount: items[0].discount",
        ),
        (
            json!({"codes": [{"symbology": "data-matrix", "data": "secret"}]}),
            "left out, not a word that is known: codes[0].symbology",
        ),
        (
            json!({"codes": [{"symbology": null, "data": "secret"}]}),
            "left out, it has no symbology: codes[0]",
        ),
        (json!({"codes": [{"symbology": "qr"}]}), "left out, it has no data: codes[0]"),
        (
            json!({"logo": "secret!"}),
            "left out, logo.data: bytes in base64 or a data URI belong there",
        ),
        (json!({"logo": {"align": "left"}}), "left out, it has no data: logo"),
    ] {
        let (receipt, said_so) = left_out(sent);
        assert_eq!(said_so, [said]);
        assert!(receipt.totals.is_empty() && receipt.frame.codes.is_empty(), "{said}");
        assert!(receipt.frame.logo.is_none() && receipt.items.iter().all(|i| i.discount.is_none()));
    }
    let (receipt, said) = left_out(json!({"totals": [{"kind": "deposit", "amount": "5.00"}]}));
    assert!(receipt.totals[0].amount == Money("5.00".into()) && receipt.totals[0].kind.is_none());
    assert_eq!(said, ["left out, not a word that is known: totals[0].kind"]);
    let (receipt, said) = left_out(json!({"payments": [{"amount": "2.00"}]}));
    assert!(receipt.payments[0].amount == Some(Money("2.00".into())) && said.is_empty());
}

#[test]
fn a_refusal_names_the_place_and_never_the_value() {
    let refused = |sent: Value| read(&sent).unwrap_err().to_string();
    for (sent, place) in [
        (json!({"type": "receipt", "items": [{}, {}, {"price": "NaN"}]}), "items[2].price: "),
        (json!({"type": "receipt", "total": "-Infinity"}), "total: "),
        (json!({"type": "receipt", "total": 1e300}), "total: "),
        (json!({"type": "receipt", "total": "1e400"}), "total: "),
        (json!({"type": "receipt", "total": "9".repeat(99)}), "total: "),
        (json!({"type": "receipt", "total": {"secret": 1}}), "total: "),
        (json!({"type": "receipt", "total": true}), "total: "),
        (json!({"type": "receipt", "items": "secret"}), "items: "),
        (json!({"type": "receipt", "items": [["secret"]]}), "items[0]: "),
        (json!({"type": "receipt", "header": [{"secret": 1}]}), "header[0]: "),
        (json!({"type": "receipt", "copies": 0}), "copies: "),
        (json!({"type": "receipt", "copies": "2"}), "copies: "),
        (json!({"type": "receipt", "copies": 1000}), "copies: "),
        (json!({"type": "receipt", "language": "secret words"}), "language: "),
        (json!({"type": "receipt", "logo": "secret!"}), "logo.data: "),
        (json!({"type": "receipt", "logo": {"align": "left"}}), "logo.data: it is missing"),
        (json!({"type": "receipt", "totals": [{"label": "x"}]}), "totals[0].amount: it is missing"),
        (
            json!({"type": "label", "codes": [{"symbology": "secret", "data": 1}]}),
            "codes[0].symbology: ",
        ),
        (json!({"type": "image", "data": "AAAA", "width": "101%"}), "width: "),
        (json!({"type": "text"}), "text: it is missing"),
        (json!({"type": "secret"}), "type: one of these belongs there: receipt, "),
        (json!({"type": 7}), "type: "),
        (json!({"items": []}), "type: it is missing"),
        (json!(["secret"]), "the document is not an object"),
    ] {
        let refused = refused(sent);
        assert!(refused.starts_with(place), "{refused} is not about {place}");
        assert!(!refused.contains("secret") && !refused.contains("999"), "{refused}");
    }
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (text, line) in [
        (&b"{\"type\":\"receipt\",\n\"title\":\"\x1b@\"}"[..], 2),
        (b"{\"type\":\"receipt\",\"title\":\"\xff\"}", 1),
        (b"{\"type\":\"receipt\",\"total\":NaN}", 1),
        (b"{\"type\":\"receipt\"} secret", 1),
        (b"{\"type\":", 1),
        (b"", 1),
    ] {
        match Document::from_json(text) {
            Err(DocumentJsonError::NotJson { line: found, .. })
                if text.is_empty() || found == line => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let marked = b"\xef\xbb\xbf{\"type\":\"receipt\",\"title\":\"A\"}";
    assert_eq!(Document::from_json(marked), Document::from_json(&marked[3..]));
    for broken in [&b"\xef\xbb\xbf"[..], b"\xef\xbb\xbf\xef\xbb\xbf{}", b"\xef\xbb{}"] {
        let refused = Document::from_json(broken);
        assert!(matches!(refused, Err(DocumentJsonError::NotJson { .. })), "{refused:?}");
    }
}

#[test]
fn an_amount_that_is_too_long_says_so() {
    let refused = |amount: Value| {
        let sent = json!({"type": "receipt", "total": amount});
        read(&sent).map(drop).unwrap_err().to_string()
    };
    for long in ["9".repeat(41), format!("0.{}", "1".repeat(39)), "free of charge ".repeat(4)] {
        let said = refused(long.into());
        assert_eq!(said, "total: an amount of at most 40 characters belongs there");
    }
    let large = "total: a decimal number below 1,000,000,000,000 belongs there";
    assert_eq!(refused(1e40.into()), large);
    assert_eq!(refused("NaN".into()), large);
    let total = |amount: &str| receipt(json!({"type": "receipt", "total": amount})).total;
    assert_eq!(total(&"9".repeat(40)), Some(Money("9".repeat(40))));
    let padded = format!("{:>60}", "5.00");
    assert!(read(&json!({"type": "receipt", "total": padded})).is_ok());
}

#[test]
fn what_no_paper_can_show_is_told_by_its_own_name() {
    let refused = |text: &str| Document::from_json(text.as_bytes()).unwrap_err();
    let number = refused("{\"type\":\"receipt\",\n\"total\":1e400}");
    assert_eq!(number, DocumentJsonError::TooLargeNumber { line: 2, column: 13 });
    for half in [r"\ud800", r"\ud800lone", r"\udc00", r"\ud800A"] {
        let half = refused(&format!("{{\"type\":\"receipt\",\n\n\"title\":\"{half}\"}}"));
        let found = matches!(half, DocumentJsonError::HalfCharacter { line: 3, .. });
        assert!(found, "{half}");
        assert!(half.to_string().contains("half a character, a lone surrogate"), "{half}");
    }
    let nested = |levels: usize| {
        format!("{{\"type\":\"receipt\",\"x\":{}1{}}}", "[".repeat(levels), "]".repeat(levels))
    };
    let too_deep = DocumentJsonError::TooDeep { limit: MOST_JSON_LEVELS };
    for levels in [MOST_JSON_LEVELS, 5_000] {
        assert_eq!(refused(&nested(levels)), too_deep);
    }
    assert!(Document::from_json(nested(MOST_JSON_LEVELS - 1).as_bytes()).is_ok());
    for (sent, place) in [
        (
            r#"{"type":"receipt","codes":[{"symbology":"code-128","data":12345678901234567890123}]}"#,
            "codes[0].data",
        ),
        (
            r#"{"type":"receipt","codes":[{"symbology":"code-128","data":9007199254740993.5}]}"#,
            "codes[0].data",
        ),
        (r#"{"type":"receipt","order":18446744073709551616}"#, "order"),
    ] {
        let wanted =
            format!("{place}: the number has more digits than JSON keeps: send it as text");
        assert_eq!(refused(sent).to_string(), wanted);
    }
}

#[test]
fn choices_within_choices_are_kept_as_deep_as_a_document_may_be() {
    let mut modifier = json!("salt");
    // A list and an object a level; the document's own object, its items and the item come first.
    for _ in 0..(MOST_JSON_LEVELS - 4) / 2 {
        modifier = json!({"name": "with", "modifiers": [modifier]});
    }
    let sent =
        json!({"type": "kitchen-ticket", "items": [{"name": "Menu", "modifiers": [modifier]}]});
    let (document, left_out) = read(&sent).unwrap();
    assert_eq!(left_out, Vec::<String>::new());
    let payload = document.to_payload().unwrap();
    assert_eq!(Document::from_payload(DocumentFormat::Receipt, payload), Ok(document));
}

#[test]
fn a_large_order_is_read_and_a_flood_is_refused() {
    let item = json!({"name": "Tea", "quantity": 2, "price": "1.50", "total": 3, "notes": ["hot", "sweet"]});
    let order = receipt(json!({"type": "receipt", "items": vec![item; 5_000]}));
    assert_eq!(order.items.len(), 5_000);
    let flood = format!("{{\"type\":\"receipt\",\"x\":[{}0]}}", "0,".repeat(MOST_JSON_VALUES));
    let refused = Document::from_json(flood.as_bytes()).unwrap_err();
    assert_eq!(refused, DocumentJsonError::TooManyValues { limit: MOST_JSON_VALUES });
    let refused = Document::from_json(&vec![b' '; MOST_JSON_BYTES + 1]).unwrap_err();
    assert_eq!(refused, DocumentJsonError::TooLarge { limit: MOST_JSON_BYTES });
}

#[test]
fn pictures_come_as_base64_or_as_a_data_uri() {
    for data in ["AAEC/w==", "AAEC/w", "data:image/png;base64,AAEC/w==", " AAEC\n/w== "] {
        let (document, _) = read(&json!({"type": "image", "data": data, "width": "50 %"})).unwrap();
        let Document::Image(picture) = document else { panic!("no image") };
        assert_eq!(&picture.bytes[..], [0, 1, 2, 255]);
        assert_eq!(picture.options.width, PictureWidth::Percent(50));
    }
}

#[test]
fn a_picture_is_stored_as_it_is() {
    let options = PictureOptions { width: PictureWidth::Dots(384), ..PictureOptions::default() };
    let picture = Picture { bytes: vec![b'\n'; 100_000].into(), options };
    for document in [Document::Image(Box::new(picture.clone())), Document::Pdf(Box::new(picture))] {
        let payload = document.to_payload().unwrap();
        assert!(payload.len() < 100_200, "{}", payload.len());
        assert_eq!(Document::from_payload(document.format(), payload), Ok(document));
    }
    let torn = Document::from_payload(DocumentFormat::Image, b"{}".as_slice().into());
    assert_eq!(torn, Err(DocumentError::Unreadable { format: DocumentFormat::Image }));
}

#[test]
fn what_earlier_versions_stored_is_still_read() {
    let stored = br#"{"header":["Shop"],"title":null,"order":"7","table":null,"date":"21/11/2026 12:30","customer":"Ana",
        "cashier":null,"items":[{"name":"Tea","quantity":"2","price":"1.50","total":"3.00","notes":["hot"]}],
        "totals":[{"label":"Tax","amount":"0.30"}],"total":"3.30","payments":[{"label":"Card","amount":"3.30"}],
        "notes":[],"footer":["Bye"],"currency":"EUR"}"#;
    let read = Document::from_payload(DocumentFormat::Receipt, stored.as_slice().into()).unwrap();
    let Document::Receipt(receipt) = read else { panic!("no receipt") };
    assert_eq!(receipt.frame.header, ["Shop"]);
    assert_eq!(receipt.frame.footer, ["Bye"]);
    assert_eq!(receipt.customer, Some(Customer::named("Ana")));
    assert_eq!(receipt.payments[0].method, "Card");
    assert!(receipt.payments[0].amount == Some(Money("3.30".into())));
    assert!(receipt.totals[0].label == "Tax" && receipt.items[0].notes == ["hot"]);
    let page =
        Document::from_payload(DocumentFormat::TestPage, b"[\"Printer: Bar\"]".as_slice().into());
    assert_eq!(page, Ok(Document::TestPage { lines: vec!["Printer: Bar".into()] }));
}

#[test]
fn debug_output_tells_nothing_of_the_content() {
    let sent = json!({
        "type": "receipt", "header": "secret", "order": "secret", "customer": "secret", "total": "secret",
        "items": [{"name": "secret", "price": "secret", "quantity": "secret", "modifiers": ["secret"]}],
        "totals": [{"label": "secret", "amount": "secret"}], "taxes": [{"label": "secret"}],
        "payments": ["secret"], "codes": [{"symbology": "qr", "data": "secret"}], "delivery": "secret"
    });
    let receipt = receipt(sent);
    let shown = [
        format!("{receipt:?} {:?} {:?}", receipt.frame, receipt.customer),
        format!("{:?} {:?} {:?}", receipt.items, receipt.items[0].modifiers, receipt.total),
        format!("{:?} {:?} {:?}", receipt.totals, receipt.taxes, receipt.payments),
        format!("{:?} {:?} {:?}", receipt.frame.codes, receipt.delivery, receipt.items[0].quantity),
    ];
    assert!(shown.iter().all(|text| !text.contains("secret")), "{shown:?}");
}
