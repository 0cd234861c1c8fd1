use super::shape::{Object, Shape};
use super::*;
use crate::{Dither, DocumentFormat, DrawerPin, PictureAlign, Symbology, TotalKind};
use serde_json::{Map, json};

/// Every field of an object filled, lists with one element.
fn full(object: &Object) -> Value {
    let filled = object.all().map(|field| (field.name.to_owned(), value(field.shape, field.name)));
    Value::Object(filled.collect::<Map<_, _>>())
}

fn value(shape: Shape, name: &str) -> Value {
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
        Shape::Object(object) | Shape::ObjectOr(object, _) => full(object),
        Shape::List(object, _) => json!([full(object)]),
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
