//! Every field of the schema, on paper of every width.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{
    Catalogue, Command, Cut, Feed, Profile, Quirk, Style, Switch, Token, encode, scan, text_view,
};
use platen_job::{Document, document_schema};
use serde_json::{Map, Value, json};

/// Documents whose fields are laid out.
const LAID_OUT: [&str; 5] = ["receipt", "kitchen-ticket", "reservation", "cash-out", "label"];

/// A document with every field but `without`; `text` makes the texts.
fn filled(name: &str, without: &[&str], text: &mut dyn FnMut() -> String) -> Value {
    let schema = document_schema();
    value_of(&schema["$defs"], &json!({ "$ref": format!("#/$defs/{name}") }), without, text)
}

fn value_of(
    definitions: &Value,
    schema: &Value,
    without: &[&str],
    text: &mut dyn FnMut() -> String,
) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let object = reference.rsplit('/').next().unwrap();
        let properties = definitions[object]["properties"].as_object().unwrap();
        let wanted = properties.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        // A modifier may have modifiers, and so on: one step is enough.
        let mut within = without.to_vec();
        within.extend((object == "modifier").then_some("modifiers"));
        let filled = wanted
            .map(|(name, schema)| (name.clone(), value_of(definitions, schema, &within, text)));
        return Value::Object(filled.collect::<Map<_, _>>());
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        return value_of(definitions, &forms[0], without, text);
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match schema["type"].as_str() {
        _ if schema["const"].is_string() => schema["const"].clone(),
        _ if schema["pattern"].is_string() => "fr-DZ".into(),
        _ if schema["not"].is_object() => "12.50".into(),
        Some("integer") => schema["minimum"].clone(),
        Some("array") => {
            let first = value_of(definitions, &schema["items"], without, text);
            json!([first, value_of(definitions, &schema["items"], without, text)])
        }
        // A text, or one of several things of which a text is one.
        _ => text().into(),
    }
}

fn profiles() -> Vec<Profile> {
    Catalogue::builtin().profiles().map(|profile| Profile::clone(profile)).collect()
}

fn paper(sent: &Value, profile: &Profile) -> String {
    let (document, unknown) = Document::from_json(sent.to_string().as_bytes()).unwrap();
    assert_eq!(unknown, []);
    text_view(&encode(&document, profile, None).unwrap().bytes, profile)
}

/// Words that the test made, in the order of the paper; those that a line end has broken are put together.
fn made(paper: &str) -> Vec<String> {
    let words = paper.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.starts_with('q') && word.len() > 3).map(str::to_owned).collect()
}

#[test]
fn every_text_of_every_field_is_on_paper_once_and_in_one_order_at_every_width() {
    for name in LAID_OUT {
        let mut made_words = Vec::new();
        let mut text = || {
            let words: Vec<String> =
                (0..4).map(|n| format!("q{:03}x", made_words.len() + n)).collect();
            made_words.extend(words.iter().cloned());
            words.join(" ")
        };
        // Codes and pictures carry no text; their own tests look at them. A ticket leaves amounts to the bill.
        let mut without = vec!["logo", "codes", "copies"];
        if name == "kitchen-ticket" {
            without.extend(["taxes", "totals", "payments", "discount", "tax", "currency"]);
            without.extend(["email", "tax_id"]);
        }
        let sent = filled(name, &without, &mut text);
        let mut orders = Vec::new();
        for profile in &profiles() {
            let order = made(&paper(&sent, profile));
            let mut seen = order.clone();
            seen.sort();
            // The currency stands at every sum.
            seen.dedup();
            assert_eq!(seen, made_words, "{name} on {}", profile.name);
            let columns = profile.columns;
            orders.push((columns, order));
        }
        assert!(orders.windows(2).all(|pair| pair[0].1 == pair[1].1), "{name}: {orders:?}");
    }
}

#[test]
fn commands_in_any_field_are_printed_and_not_obeyed() {
    for name in LAID_OUT {
        let mut hostile =
            || "a\u{1b}@\u{1b}p\0\u{19}\u{fa}\u{10}\u{14}\u{1}\0\u{5}\u{1d}V\0\u{1c}&b".to_owned();
        let sent = filled(name, &["logo", "codes", "copies"], &mut hostile);
        let (document, _) = Document::from_json(sent.to_string().as_bytes()).unwrap();
        for profile in &profiles() {
            let bytes = encode(&document, profile, None).unwrap().bytes;
            let mut odd = Vec::new();
            scan(&bytes, &mut |token| match token {
                Token::Text(_) | Token::Control(b'\n') => {}
                Token::Command(Command::Init | Command::CodePage(_), _) => {}
                Token::Command(
                    Command::KanjiMode(Switch::Off) | Command::Feed(Feed::Lines(_)),
                    _,
                ) => {}
                Token::Command(Command::Style(Style::Size { .. } | Style::Align(_)), _) => {}
                Token::Command(Command::Style(Style::Bold(_) | Style::Inverse(_)), _) => {}
                Token::Command(Command::Style(Style::Mode(_)), _)
                    if profile.has_quirk(Quirk::NoGsSize) => {}
                Token::Command(Command::Other, [0x1B, b'r', 0 | 1])
                    if profile.has_quirk(Quirk::NoGsInverse) => {}
                Token::Command(Command::Cut(Cut { feed: None, .. }), _) => {}
                Token::Command(Command::Place(_), _) => {}
                other => odd.push(format!("{other:?}")),
            });
            assert_eq!(odd, Vec::<String>::new(), "{name} on {}", profile.name);
        }
    }
}

#[test]
fn a_ticket_shows_no_amount() {
    let mut text = || "word".to_owned();
    let sent =
        filled("kitchen-ticket", &["logo", "codes", "covers", "quantity", "date"], &mut text);
    for profile in &profiles() {
        let paper = paper(&sent, profile);
        assert!(!paper.contains(|c: char| c.is_ascii_digit()), "{paper}");
    }
}

#[test]
fn lines_of_a_test_page_add_no_command() {
    let commands = |line: &str, profile: &Profile| {
        let page = Document::TestPage { lines: vec![line.to_owned()] };
        let mut commands = Vec::new();
        scan(&encode(&page, profile, None).unwrap().bytes, &mut |token| match token {
            Token::Text(_) | Token::Control(b'\n') | Token::Command(Command::CodePage(_), _) => {}
            other => commands.push(format!("{other:?}")),
        });
        commands
    };
    for profile in &profiles() {
        let hostile = commands("a\u{1b}@\u{10}\u{14}\u{1}\0\u{5}\u{1d}V\0b", profile);
        assert_eq!(hostile, commands("plain", profile), "{}", profile.name);
    }
}
