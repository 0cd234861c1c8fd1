use super::*;

const GENERIC: &str = FILES[0];

fn reason(text: &str) -> String {
    Profile::from_toml(text).unwrap_err().to_string()
}

#[test]
fn every_built_in_profile_reads_and_has_a_name_of_its_own() {
    for text in FILES {
        let profile = Profile::from_toml(text).unwrap();
        assert_eq!(Profile::builtin(&profile.name).unwrap().model, profile.model);
        assert!(profile.repertoire().has('é') && profile.repertoire().has('■'), "{}", profile.name);
    }
    let mut names: Vec<_> = Profile::all().iter().map(|profile| &profile.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), FILES.len());
    assert!(Profile::builtin("no-such-printer").is_none());
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
    assert_eq!(page("generic-80", 2), None, "the makers differ on number 2");
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
}
