use super::builtin::FILES;
use super::*;

const GENERIC: &str = FILES[0];

fn reason(text: &str) -> String {
    Profile::from_toml(text).unwrap_err().to_string()
}

/// A catalogue with files of the given texts, and what was said about those that could not be used.
fn with(texts: &[&str]) -> (Catalogue, Vec<String>) {
    let names = (1..).map(|number| format!("{number}.toml"));
    let files: Vec<_> = names.zip(texts.iter().map(|text| (*text).to_owned())).collect();
    let (catalogue, rejected) = Catalogue::with(&files);
    (catalogue, rejected.iter().map(ToString::to_string).collect())
}

#[test]
fn every_built_in_profile_reads_and_has_a_name_of_its_own() {
    for text in FILES {
        let profile = Profile::from_toml(text).unwrap();
        assert_eq!(Profile::builtin(&profile.name).unwrap().model, profile.model);
        assert!(profile.repertoire().has('é') && profile.repertoire().has('■'), "{}", profile.name);
    }
    let mut names: Vec<_> = Catalogue::builtin().profiles().map(|profile| &profile.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), FILES.len());
    assert!(Profile::builtin("no-such-printer").is_none());
}

#[test]
fn what_a_built_in_profile_says_agrees_with_itself() {
    for profile in Catalogue::builtin().profiles() {
        let name = &profile.name;
        let width = |columns, size: FontSize| columns * usize::from(size.width);
        assert!(width(profile.columns, profile.font_a) <= profile.dots, "{name}: font A");
        assert!(
            profile.font_b.is_none_or(|b| width(b.columns, b.size) <= profile.dots),
            "{name}: font B"
        );
        let has = |capability| profile.capabilities.contains(&capability);
        assert_eq!(has(Capability::Cut), !profile.cut.is_empty(), "{name}: cut");
        assert_eq!(has(Capability::CashDrawer), !profile.drawer.is_empty(), "{name}: drawer");
        assert_eq!(has(Capability::QrCode), profile.qr == Support::Yes, "{name}: QR");
        assert_eq!(has(Capability::Graphics), profile.graphics != Graphics::None, "{name}: images");
        assert_eq!(has(Capability::Buzzer), !profile.buzzer.is_empty(), "{name}: buzzer");
    }
}

#[test]
fn a_file_may_stand_on_another_profile_and_say_only_what_differs() {
    let bar = "name = \"bar\"\nmodel = \"Bar\"\nbase = \"generic-80\"\ncolumns = 42\n[code_pages]\n4 = \"none\"\n46 = \"windows-1251\"\n";
    let (catalogue, rejected) = with(&[bar]);
    assert_eq!(rejected, Vec::<String>::new());
    let (bar, base) = (catalogue.get("bar").unwrap(), Profile::builtin("generic-80").unwrap());
    assert_eq!((bar.columns, bar.dots, &bar.cut), (42, base.dots, &base.cut));
    let page = |number| bar.code_page(number).map(Encoding::name);
    assert_eq!((page(0), page(4), page(46)), (Some("cp437"), None, Some("windows-1251")));
    assert!(base.code_page(4).is_some());
}

#[test]
fn a_line_that_is_wider_than_the_paper_is_refused_with_the_reason() {
    let own =
        |keys: &str| format!("name = \"wide\"\nmodel = \"W\"\nbase = \"generic-80\"\n{keys}\n");
    assert_eq!(
        reason(&own("columns = 64")),
        "the profile's key `columns` is wrong: 64 characters of 12 dots are 768 dots, and `dots` is 576"
    );
    assert!(reason(&own("dots = 500")).contains("576 dots, and `dots` is 500"));
    assert!(Profile::from_toml(&own("columns = 64\nfont_a = \"9x17\"")).is_ok());
    assert!(Profile::from_toml(&own("columns = 42\ndots = 512")).is_ok());
}

#[test]
fn a_file_may_take_the_place_of_a_built_in_profile() {
    let own = "name = \"generic-80\"\nmodel = \"Ours\"\nbase = \"generic-80\"\npace = 9000\n";
    let (catalogue, rejected) = with(&[own, own]);
    assert_eq!(rejected, ["2.toml: the profile \"generic-80\" is already in 1.toml"]);
    assert_eq!(catalogue.get("generic-80").unwrap().pace, Some(9000));
    assert_eq!(catalogue.profiles().count(), FILES.len());
    let source = catalogue.listing().find(|(one, _)| one.name == "generic-80").unwrap().1;
    assert_eq!(*source, ProfileSource::File("1.toml".into()));
    assert!(Profile::builtin("generic-80").unwrap().model != "Ours");
}

#[test]
fn a_file_that_cannot_be_used_is_told_and_changes_nothing() {
    let round =
        |name: &str, base: &str| format!("name = \"{name}\"\nmodel = \"M\"\nbase = \"{base}\"\n");
    let texts =
        ["name = ", "model = \"M\"\n", &round("a", "b"), &round("b", "a"), &round("c", "nowhere")];
    let (catalogue, rejected) = with(&texts);
    assert_eq!(catalogue.profiles().count(), FILES.len());
    assert_eq!(rejected.len(), texts.len());
    let told = |file: &str| rejected.iter().find(|one| one.starts_with(file)).unwrap();
    assert!(told("1.toml").contains("line 1"), "{rejected:?}");
    assert!(told("2.toml").contains("`name`"), "{rejected:?}");
    assert!(told("3.toml").contains("`base`") && told("4.toml").contains("`base`"));
    assert!(told("5.toml").contains("no profile of that name"), "{rejected:?}");
}

#[test]
fn a_printer_is_recognised_by_what_it_calls_itself() {
    let taken_for = |make, model| match Catalogue::builtin().for_device_id(make, model) {
        Recognised::Known(profile) => profile.name.clone(),
        Recognised::Generic => "unknown".into(),
    };
    assert_eq!(taken_for("EPSON", "TM-T20III"), "epson-tm-t20iii");
    assert_eq!(taken_for("epson", "tm t20iii (usb)"), "epson-tm-t20iii");
    assert_eq!(taken_for("EPSON", "TM-T20II"), "epson-tm-t20ii");
    assert_eq!(taken_for("EPSON", "TM-T88V"), "epson-tm-t88v");
    assert_eq!(taken_for("EPSON", "TM-T88VI-iHUB"), "epson-tm-t88vi");
    assert_eq!(taken_for("EPSON", "TM-T88VII"), "epson-tm-t88vii");
    assert_eq!(taken_for("EPSON", "TM-T88III"), "epson-tm-t88iii");
    assert_eq!(taken_for("EPSON", "TM-m30II-NT"), "epson-tm-m30iii");
    assert_eq!(taken_for("Xprinter", "XP-58IIH"), "xprinter-xp-58");
    assert_eq!(taken_for("Printer", "POS-80C"), "pos-80");
    assert_eq!(taken_for("RONGTA", "RP326USE"), "rongta-rp326");
    assert_eq!(taken_for("HP", "LaserJet 4"), "unknown");
    assert_eq!(taken_for("", ""), "unknown");
    let own = "name = \"ours\"\nmodel = \"M\"\nbase = \"generic-80\"\nmatch = [\"TM-T20III*\"]\n";
    match with(&[own]).0.for_device_id("EPSON", "TM-T20III") {
        Recognised::Known(profile) => assert_eq!(profile.name, "ours"),
        Recognised::Generic => panic!("not recognised"),
    }
}

#[test]
fn page_numbers_are_those_of_the_makers() {
    let page = |profile: &str, number| {
        Profile::builtin(profile).unwrap().code_page(number).map(Encoding::name)
    };
    assert_eq!(page("epson-tm-t20iii", 46), Some("windows-1251"));
    assert_eq!(page("xprinter-xp-80", 23), Some("windows-1251"));
    assert_eq!(page("pos-80", 92), Some("windows-1256"));
    assert_eq!(page("citizen-ct-s310ii", 2), Some("cp858"));
    assert_eq!(page("rongta-rp80", 17), Some("windows-1253"));
    assert_eq!(page("wincor-th230", 2), Some("cp852"));
    assert_eq!(page("epson-tm-t88iv", 46), None, "it has the first ten pages only");
    assert_eq!(page("generic-80", 2), None, "the makers differ on number 2");
}

#[test]
fn no_two_built_in_profiles_want_the_same_printer() {
    let patterns = |profile: &Arc<Profile>| profile.matches().to_vec();
    let mut all: Vec<String> = Catalogue::builtin().profiles().flat_map(patterns).collect();
    all.sort();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn errors_name_the_key() {
    let with = |from: &str, to: &str| reason(&GENERIC.replace(from, to));
    assert_eq!(with("columns = 48\n", ""), "the profile lacks the key `columns`");
    assert!(with("columns = 48", "columns = \"wide\"").contains("`columns`"));
    assert!(with("columns = 48", "columns = 4").contains("between 16 and 128"));
    assert_eq!(with("dots =", "dotz = 1\ndots ="), "the profile has an unknown key `dotz`");
    assert!(with("kanji = \"on\"", "kanji = \"maybe\"").contains("`kanji`"));
    assert!(with("0 = \"cp437\"", "0 = \"cp9\"").contains("`code_pages.0`"));
    assert!(with("0 = \"cp437\"", "256 = \"cp437\"").contains("`code_pages.256`"));
    assert!(with("default_code_page = 0", "default_code_page = 7").contains("`default_code_page`"));
    assert!(reason("name = ").contains("TOML"));
    assert!(with("font_a = \"12x24\"", "font_a = \"12\"").contains("`font_a`"));
    assert!(with("buzzer = \"\"", "buzzer = \"1b 4\"").contains("`buzzer`"));
    assert!(with("quirks = []", "quirks = [\"bad\"]").contains("`quirks`"));
    assert!(with("unverified = [", "unverified = [\"colour\", ").contains("`unverified`"));
}
