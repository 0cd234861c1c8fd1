use super::*;
use proptest::prelude::*;
use serde_json::json;

const NS: &str = "/printing-ws";

fn whole(text: &str) -> Packet {
    match parse(text, NS, 64) {
        Ok(Head::Whole(packet)) => packet,
        other => panic!("{text}: {other:?}"),
    }
}

fn reread(encoded: Encoded) -> Packet {
    match parse(&encoded.text[1..], NS, 64) {
        Ok(Head::Whole(packet)) => packet,
        Ok(Head::Partial(mut partial)) => {
            for part in encoded.parts {
                assert!(!partial.is_whole());
                partial.add(part);
            }
            assert!(partial.is_whole());
            partial.finish().unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_gateway_sends() {
    assert_eq!(
        whole(r#"0/printing-ws,{"sid":"a","pid":"p"}"#),
        Packet::Connected { pid: Some("p".into()) }
    );
    assert_eq!(whole(r#"0/printing-ws,{"sid":"a"}"#), Packet::Connected { pid: None });
    assert_eq!(
        whole(r#"4/printing-ws,{"message":"Invalid namespace"}"#),
        Packet::ConnectError { payload: Some(json!({"message": "Invalid namespace"})) }
    );
    assert_eq!(whole("1/printing-ws,"), Packet::Disconnect);
    assert_eq!(
        whole(r#"2/printing-ws,17["print:job",{"id":1},"x"]"#),
        Packet::Event {
            name: "print:job".into(),
            args: vec![json!({"id": 1}).into(), json!("x").into()],
            ack: Some(17)
        }
    );
    assert_eq!(whole(r#"3/printing-ws,4[]"#), Packet::Ack { id: 4, args: vec![] });
    assert_eq!(parse(r#"2["other"]"#, NS, 64), Ok(Head::Elsewhere));
    assert!(matches!(parse(r#"2["x"]"#, "/", 64), Ok(Head::Whole(_))));
    // A server older than protocol 5 answers CONNECT without an object.
    assert_eq!(whole("0/printing-ws,"), Packet::Connected { pid: None });
}

#[test]
fn placeholders_in_a_plain_event_are_json() {
    let text = r#"2/printing-ws,["x",{"_placeholder":true,"num":9}]"#;
    let Packet::Event { args, .. } = whole(text) else { panic!() };
    assert_eq!(args, vec![json!({"_placeholder": true, "num": 9}).into()]);
}

#[test]
fn garbage_is_unreadable() {
    for bad in [
        "",
        "x",
        "9",
        "é",
        "7/printing-ws,[]",
        "2/printing-ws,",
        "2/printing-ws,{}",
        "2/printing-ws,[",
        "2/printing-ws,[]",
        "2/printing-ws,[null]",
        "2/printing-ws,[{}]",
        "2/printing-ws,99999999999999999999[\"x\"]",
        "3/printing-ws,[]",
        "5/printing-ws,[\"x\"]",
        "5-/printing-ws,[\"x\"]",
        "5+1-/printing-ws,[\"x\"]",
        "565-/printing-ws,[\"x\"]",
        "599999999999999999999-/printing-ws,[\"x\"]",
        "0/printing-ws,{",
        "4/printing-ws,}",
    ] {
        assert!(parse(bad, NS, 64).is_err(), "{bad}");
    }
}

#[test]
fn a_placeholder_beyond_the_attachments_is_unreadable() {
    for place in [
        r#"{"_placeholder":true,"num":1}"#,
        r#"{"_placeholder":true}"#,
        r#"[{"_placeholder":true,"num":-1}]"#,
    ] {
        let text = format!(r#"51-/printing-ws,["x",{place}]"#);
        let Ok(Head::Partial(mut partial)) = parse(&text, NS, 64) else { panic!() };
        partial.add(Bytes::from_static(b"one"));
        assert!(partial.finish().is_err(), "{place}");
    }
}

#[test]
fn what_we_send() {
    assert_eq!(connect(NS, &json!({"a": 1})), r#"40/printing-ws,{"a":1}"#);
    assert_eq!(connect("/", &Value::Null), "40");
    assert_eq!(disconnect(NS), "41/printing-ws,");
    assert_eq!(event("/", "a\"b", vec![], None).text, r#"42["a\"b"]"#);
    assert_eq!(event(NS, "x", vec![json!(1).into()], Some(0)).text, r#"42/printing-ws,0["x",1]"#);
    assert_eq!(ack("/", vec![json!("ok").into()], 5).text, r#"435["ok"]"#);
    let binary = event("/", "x", vec![Bytes::from_static(b"\x00\x1e").into()], None);
    assert_eq!(binary.text, r#"451-["x",{"_placeholder":true,"num":0}]"#);
    assert_eq!(binary.largest_frame(), binary.text.len());
}

fn any_arg() -> impl Strategy<Value = Arg> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from);
    prop_oneof![
        any::<i64>().prop_map(|n| json!({"n": n, "deep": [[n]]}).into()),
        ".*".prop_map(|text| json!(text).into()),
        bytes().prop_map(Arg::Binary),
        (bytes(), bytes()).prop_map(|(one, two)| Arg::Mixed {
            json: json!([{"_placeholder": true, "num": 0}, {"in": {"_placeholder": true, "num": 1}}, "x"]),
            parts: vec![one, two],
        }),
    ]
}

proptest! {
    #[test]
    fn events_and_acks_survive_the_wire(
        name in ".*",
        args in prop::collection::vec(any_arg(), 0..6),
        id in prop::option::of(any::<u64>()),
    ) {
        let sent = event(NS, &name, args.clone(), id);
        prop_assert_eq!(reread(sent), Packet::Event { name, args: args.clone(), ack: id });
        let id = id.unwrap_or(3);
        prop_assert_eq!(reread(ack(NS, args.clone(), id)), Packet::Ack { id, args });
    }

    #[test]
    fn no_text_can_hurt(text in ".*") {
        let _ = parse(&text, NS, 64);
    }

    #[test]
    fn nearly_valid_text_cannot_hurt(text in r#"[0-9]{0,3}-?(/printing-ws,)?[0-9]{0,3}[\[\]{}",a0:n]{0,12}"#) {
        if let Ok(Head::Partial(mut partial)) = parse(&text, NS, 64) {
            while !partial.is_whole() {
                partial.add(Bytes::from_static(b"x"));
            }
            let _ = partial.finish();
        }
    }
}
