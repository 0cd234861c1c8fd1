use super::shape::{Object, Shape};
use super::*;
use crate::{Dither, DocumentFormat, DrawerPin, PictureAlign, Symbology, TotalKind};
use serde_json::{Map, json};

/// Every field of an object filled, lists with one element; an object within one of its kind has none within it in turn.
fn full(object: &Object) -> Value {
    within(object, &mut Vec::new())
}

fn within(object: &Object, outer: &mut Vec<&'static str>) -> Value {
    let again = outer.contains(&object.name);
    outer.push(object.name);
    let is_itself = |shape| matches!(shape, Shape::List(inner, _) if inner.name == object.name);
    let fields = object.all().filter(|field| !(again && is_itself(field.shape)));
    let filled = fields.map(|field| (field.name.to_owned(), value(field.shape, field.name, outer)));
    let filled = Value::Object(filled.collect::<Map<_, _>>());
    outer.pop();
    filled
}

fn value(shape: Shape, name: &str, outer: &mut Vec<&'static str>) -> Value {
    match shape {
        Shape::Text => format!("some {name}").into(),
        Shape::Language => "fr-DZ".into(),
        Shape::Lines => json!([format!("first {name}"), "second"]),
        Shape::Amount => "12.50".into(),
        Shape::Quantity => "2".into(),
        Shape::Word(words) => words[words.len() - 1].into(),
        Shape::Copies => 3.into(),
        Shape::Data => "AAECAw==".into(),
        Shape::Width => "50%".into(),
        Shape::Object(object) | Shape::ObjectOr(object, _) => within(object, outer),
        Shape::List(object, _) => json!([within(object, outer)]),
    }
}

#[test]
fn no_field_of_the_schema_is_lost_on_the_way_to_the_spool() {
    for (word, object) in DOCUMENTS {
        let mut sent = full(object);
        sent["type"] = (*word).into();
        let (document, unknown) = Document::from_json(sent.to_string().as_bytes()).unwrap();
        assert_eq!(unknown, [], "{word}");
        let payload = document.to_payload().unwrap();
        assert_eq!(
            Document::from_payload(document.format(), payload.clone()),
            Ok(document),
            "{word}"
        );
        let Ok(Value::Object(mut stored)) = serde_json::from_slice(&payload) else { continue };
        let sent = sent.as_object_mut().unwrap();
        // The type is stored beside the document, a ticket's as its kind; a picture's width in its plain form.
        sent.remove("type");
        stored.remove("kind");
        if let Some(logo) = sent.get_mut("logo") {
            logo["width"] = json!({ "percent": 50 });
        }
        assert_eq!(Value::Object(stored), Value::Object(sent.clone()), "{word}");
    }
}

#[test]
fn the_words_are_those_of_the_types() {
    let word = |value: Value| value.as_str().unwrap().to_owned();
    let words_of = |shape: Shape| match shape {
        Shape::Word(words) => words.iter().map(ToString::to_string).collect::<Vec<_>>(),
        _ => panic!("no list of words"),
    };
    let field = |word: &str, name: &str| {
        let object = DOCUMENTS.iter().find(|(known, _)| *known == word).unwrap().1;
        object.field(name).unwrap().shape
    };
    let inner = |shape: Shape, name: &str| match shape {
        Shape::List(object, _) => object.field(name).unwrap().shape,
        _ => panic!("no list"),
    };
    let symbologies = inner(field("receipt", "codes"), "symbology");
    assert_eq!(words_of(symbologies), Symbology::ALL.map(|known| word(json!(known))));
    assert_eq!(words_of(symbologies), Symbology::ALL.map(|known| known.as_str().to_owned()));
    let kinds = inner(field("receipt", "totals"), "kind");
    assert_eq!(words_of(kinds), TotalKind::ALL.map(|known| word(json!(known))));
    let dithers = [Dither::Auto, Dither::FloydSteinberg, Dither::Atkinson, Dither::Threshold];
    assert_eq!(words_of(field("image", "dither")), dithers.map(|known| word(json!(known))));
    let aligns = [PictureAlign::Left, PictureAlign::Centre, PictureAlign::Right];
    assert_eq!(words_of(field("image", "align")), aligns.map(|known| word(json!(known))));
    let pins = [DrawerPin::Pin2, DrawerPin::Pin5];
    assert_eq!(words_of(field("drawer", "pin")), pins.map(|known| word(json!(known))));
    assert_eq!(DOCUMENTS.iter().map(|(word, _)| *word).collect::<Vec<_>>(), TYPES);
    assert!(DocumentFormat::ALL.iter().all(|format| TYPES.contains(&format.as_str())));
}

/// `PLATEN_GOLDEN=write cargo test -p platen-job` writes the tables anew.
#[test]
fn the_page_for_integrators_has_a_table_of_every_object() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/receipts.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once("<!-- fields -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of fields -->").unwrap();
    let wanted = format!("{before}<!-- fields -->\n{}<!-- end of fields -->{after}", tables());
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(path, &wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), wanted);
}

/// The objects as Markdown: documents first, then what is within them. What all slips share is said once.
fn tables() -> String {
    let shared = DOCUMENTS[0].1.fields[0];
    let mut text = String::from("### In all of the first five\n\n");
    text += &table(shared.iter(), &[]);
    let mut objects: Vec<&Object> = DOCUMENTS.iter().map(|(_, object)| *object).collect();
    let mut at = 0;
    while let Some(object) = objects.get(at).copied() {
        at += 1;
        let own = object.all().filter(|field| !shared.iter().any(|one| std::ptr::eq(one, *field)));
        text += &format!("\n### {}\n\n{}\n\n", object.name, object.about);
        text += &table(own, object.required);
        for field in object.all() {
            if let Shape::Object(inner) | Shape::ObjectOr(inner, _) | Shape::List(inner, _) =
                field.shape
                && !objects.iter().any(|known| known.name == inner.name)
            {
                objects.push(inner);
            }
        }
    }
    text
}

fn table<'a>(fields: impl Iterator<Item = &'a super::shape::Field>, required: &[&str]) -> String {
    let mut text = String::from("| field | what stands in it | meaning |\n|---|---|---|\n");
    for field in fields {
        let needed = if required.contains(&field.name) { ", needed" } else { "" };
        let line =
            format!("| `{}` | {}{needed} | {} |\n", field.name, kind(field.shape), field.about);
        text += &line;
    }
    text
}

fn kind(shape: Shape) -> String {
    let link = |object: &Object| format!("[{0}](#{0})", object.name);
    match shape {
        Shape::Text => "text".into(),
        Shape::Language => "language tag".into(),
        Shape::Lines => "lines".into(),
        Shape::Amount => "amount".into(),
        Shape::Quantity => "number".into(),
        Shape::Word(words) => {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
        Shape::Copies => "1–10".into(),
        Shape::Data => "base64".into(),
        Shape::Width => "dots or per cent".into(),
        Shape::Object(object) | Shape::ObjectOr(object, _) => link(object),
        Shape::List(object, _) => format!("list of {}", link(object)),
    }
}
