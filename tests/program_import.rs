//! The settings of the agents that Platen replaces are taken over, and what is not is said. (Those of Backend-Socket and of
//! Odoo's push are looked at beside their connectors.)
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::Till;
use std::fs;

fn till(printers: &[&str]) -> Till {
    let till = Till::new();
    for printer in printers {
        till.ask_ok(&["printers", "add", printer, "tcp://127.0.0.1:9"]);
    }
    till
}

fn file(till: &Till, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = till.home().join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn settings(till: &Till) -> String {
    fs::read_to_string(till.home().join("settings.toml")).unwrap_or_default()
}

fn refused(till: &Till, words: &[&str]) -> String {
    let output = till.ask(words);
    assert!(!output.status.success(), "{words:?} was taken: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn holds(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
}

const FEE_MAISON: &str = "\u{feff}# agent\r\nAGENT_HOST=0.0.0.0\r\nAGENT_PORT=8085\r\nexport AGENT_TOKEN=\"old-secret-1\"\r\n\
    PRINTER_VENDOR_ID=0x0471\r\nPRINTER_PRODUCT_ID=0x0055\r\nPRINTER_TIMEOUT=5000\r\nSHOP_NAME='Fée Maison'\r\n\
    SHOP_ADDRESS=12 rue des Lilas # Alger\r\nLOG_LEVEL=debug\r\nDB_PASSWORD=hunter2\r\nUNKNOWN_THING=hush\r\n";

#[test]
fn fee_maisons_env_opens_nothing_and_shows_no_secret() {
    let till = till(&[]);
    let env = file(&till, "agent.env", FEE_MAISON);
    let said = till.ask_ok(&["import", &env]);
    holds(
        &said,
        &[
            "the settings of Fée Maison's agent",
            "taken  AGENT_HOST: 0.0.0.0, for callers of the network",
            "taken  AGENT_PORT: the door is at port 8085",
            "taken  SHOP_NAME: line 1 of the heading",
            "taken  SHOP_ADDRESS: line 2 of the heading",
            "left   AGENT_TOKEN: nobody knows how it was made",
            "left   PRINTER_VENDOR_ID: platenctl printers discover",
            "left   PRINTER_PRODUCT_ID",
            "left   PRINTER_TIMEOUT",
            "left   LOG_LEVEL: Platen has no such setting",
            "left   UNKNOWN_THING: Platen has no such setting",
            "platenctl connectors fee-maison --on",
        ],
    );
    for secret in ["old-secret-1", "hunter2", "hush"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let kept = settings(&till);
    holds(&kept, &["port = 8085", "listen = \"0.0.0.0\"", "Fée Maison", "12 rue des Lilas"]);
    assert!(!kept.contains("enabled = true") && !kept.contains("Alger"), "{kept}");
    // The same again changes nothing.
    till.ask_ok(&["import", &env]);
    assert_eq!(settings(&till), kept);
}

#[test]
fn the_agent_that_asks_odoo_is_known_in_every_kind_of_file() {
    let env = "ODOO_URL=https://shop.example.com/odoo\nPRINTER_CODE=KITCHEN, BAR\nAPI_TOKEN=old-secret-2\nPOLL_INTERVAL=3\n";
    let ini = "[odoo]\nodoo_url = https://shop.example.com/odoo\nprinter_code = KITCHEN, BAR\ntoken = old-secret-2\npoll_interval = 3\n";
    let json = r#"{"odoo": {"url": "https://shop.example.com/odoo", "token": "old-secret-2"},
        "printer_codes": ["KITCHEN", "BAR"], "pollInterval": 3}"#;
    for (name, content) in [("pull.env", env), ("agent.ini", ini), ("config.json", json)] {
        let till = till(&["Kitchen"]);
        let path = file(&till, name, content);
        let said = till.ask_ok(&["import", &path]);
        holds(
            &said,
            &[
                "the settings of the agent that asks Odoo for jobs",
                "Odoo is at https://shop.example.com",
                "jobs for KITCHEN go to Kitchen",
                "jobs for BAR go to Kitchen",
                "it is kept where secrets are",
                "Odoo is asked every three seconds",
                "platenctl connectors odoo-pull --on",
            ],
        );
        let kept = settings(&till);
        holds(
            &kept,
            &["https://shop.example.com/odoo", "KITCHEN = \"Kitchen\"", "enabled = false"],
        );
        assert!(!said.contains("old-secret-2") && !kept.contains("old-secret-2"), "{said}\n{kept}");
        // The token is there: what was taken over works as it is.
        let on = till.ask_ok(&["connectors", "odoo-pull", "--on"]);
        assert!(!on.contains("No token is stored"), "{on}");
    }
}

/// What a text becomes for a printer of that profile.
fn encoded(till: &Till, profile: &str, text: &str) -> Vec<u8> {
    let (source, out) = (file(till, "text.txt", text), file(till, "text.bin", ""));
    till.ask_ok(&["encode", &source, "--profile", profile, "--out", &out]);
    fs::read(out).unwrap()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

const ODOO: &str = r#"{"listen_port": 8443, "charset": "GB18030", "dots": 512, "printers": [
    {"name": "Counter", "printer_ip": "192.0.2.7", "printer_port": 9101},
    {"name": "Kitchen", "ip": "192.0.2.8", "charset": "CP437", "dots_per_line": 576, "colour": "red"},
    {"name": "Bar", "charset": "ascii", "dots_per_line": "512"},
    {"name": "Cellar", "charset": "GB18030", "dots_per_line": 576},
    {"name": "Terrace", "ip": "192.0.2.9", "charset": "KOI8-R", "dots_per_line": 99},
    {"name": "Known", "charset": "GB18030"}, {"name": "x", "ip": "a b"}, 7]}"#;

#[test]
fn the_printers_of_odoos_agent_print_the_characters_and_dots_that_they_had() {
    let till = till(&["Bar"]);
    till.ask_ok(&["printers", "add", "Known", "tcp://127.0.0.1:8", "--profile", "epson-tm-t20iii"]);
    let config = file(&till, "config.json", ODOO);
    let said = till.ask_ok(&["import", &config]);
    holds(
        &said,
        &[
            "taken  printers[0]: it is Counter here, tcp://192.0.2.7:9101",
            "taken  charset, dots: Counter has the profile odoo-gb18030-512",
            "taken  printers[1]: it is Kitchen here, tcp://192.0.2.8:9100",
            "taken  printers[1].charset, printers[1].dots_per_line: Kitchen has the profile generic-80",
            "left   printers[1].colour: Platen has no such setting",
            "taken  printers[2].charset, printers[2].dots_per_line: Bar has the profile odoo-cp437-512",
            "left   printers[3]: it has no address, and no printer of its name is set up here",
            "left   printers[4].charset: it is none of GB18030, CP437 and ASCII",
            "left   printers[4].dots_per_line: it is neither 576 nor 512",
            "left   dots: Known has the profile epson-tm-t20iii here",
            "left   printers[5].charset: Known has the profile epson-tm-t20iii here",
            "left   printers[6]: its address is none",
            "left   printers[7]: it is no printer",
            "taken  printers: receipts go to Counter, the first of them",
        ],
    );
    let printers = till.ask_ok(&["printers", "--json"]);
    assert!(!printers.contains("Cellar"), "{printers}");
    // What is wrong with one printer is not made up for by what is said of all.
    assert!(!said.contains("Terrace has the profile"), "{said}");
    // 中 is D6 D0 in GB18030, and é is 82 in CP437, which is page 0.
    assert!(has(&encoded(&till, "odoo-gb18030-512", "中"), &[0xD6, 0xD0]));
    assert!(!has(&encoded(&till, "odoo-cp437-512", "中"), &[0xD6, 0xD0]));
    assert!(has(&encoded(&till, "odoo-cp437-512", "café"), b"caf\x1bt\0\x82"));
    // 512 dots are 42 characters: the 43rd begins a line.
    let long = "0123456789".repeat(5);
    assert!(has(&encoded(&till, "odoo-cp437-512", &long), &long.as_bytes()[..42]));
    assert!(!has(&encoded(&till, "odoo-cp437-512", &long), &long.as_bytes()[..43]));
    assert!(has(&encoded(&till, "generic-80", &long), &long.as_bytes()[..48]));
    // The same again changes nothing, nor what a person has corrected in the profile.
    let (kept, profile) = (settings(&till), till.home().join("profiles/odoo-gb18030-512.toml"));
    let corrected = fs::read_to_string(&profile).unwrap().replace("dots = 512", "dots = 520");
    fs::write(&profile, &corrected).unwrap();
    till.ask_ok(&["import", &config]);
    assert_eq!(settings(&till), kept);
    assert_eq!(fs::read_to_string(&profile).unwrap(), corrected);
    assert_eq!(fs::read_dir(till.home().join("profiles")).unwrap().count(), 2);
}

#[test]
fn what_odoos_agent_says_of_paper_is_left_where_no_printer_or_no_profile_is_to_have_it() {
    let till = till(&[]);
    let config = r#"{"listen_port": 8443, "charset": "GB18030", "dots": 512, "printers": "all"}"#;
    let said = till.ask_ok(&["import", &file(&till, "config.json", config)]);
    holds(
        &said,
        &[
            "left   charset: no printer was taken",
            "left   dots: no printer was taken",
            "left   printers: it is no list",
        ],
    );
    assert!(!till.home().join("profiles").exists());
    let config = r#"{"printer_ip": "192.0.2.7", "charset": "GB18030", "dots": 512}"#;
    fs::create_dir(till.home().join("profiles")).unwrap();
    file(&till, "profiles/odoo-gb18030-512.toml", "dots = many");
    let said = till.ask_ok(&["import", &file(&till, "config.json", config)]);
    holds(&said, &["receipts go to Odoo", "left   charset: the profile in", "platenctl doctor"]);
    assert!(settings(&till).contains("profile = \"generic-80\""), "{}", settings(&till));
}

#[test]
fn a_code_whose_printer_nobody_names_is_left() {
    let till = till(&["Kitchen", "Bar"]);
    let content = "ODOO_URL=https://shop.example.com\nPRINTER_CODE=K1\n";
    let said = till.ask_ok(&["import", &file(&till, "pull.env", content)]);
    holds(&said, &["left   PRINTER_CODE", "platenctl connectors odoo-pull --code K1=PRINTER"]);
    let named = format!("{content}PRINTER_NAME=bar\n");
    let said = till.ask_ok(&["import", &file(&till, "pull.env", named)]);
    holds(&said, &["jobs for K1 go to bar", "taken  PRINTER_NAME"]);
}

#[test]
fn nobody_guesses_whose_settings_they_are() {
    let till = till(&["Bar"]);
    let both = file(
        &till,
        "both.env",
        "SOCKET_URL=http://127.0.0.1:5001\nODOO_URL=https://shop.example.com\n",
    );
    let said = refused(&till, &["import", &both]);
    holds(&said, &["could be the settings of", "--from"]);
    assert!(!settings(&till).contains("shop.example.com"));
    let said = till.ask_ok(&["import", &both, "--from", "odoo-pull"]);
    holds(&said, &["Odoo is at https://shop.example.com", "left   SOCKET_URL"]);
    assert!(!settings(&till).contains("5001"));
    let bare = file(&till, "bare.env", "PORT=8090\nTOKEN=x\n");
    holds(&refused(&till, &["import", &bare]), &["no settings that Platen knows", "--from"]);
    holds(&till.ask_ok(&["import", &bare, "--from", "fee-maison"]), &["port 8090"]);
}

#[test]
fn what_is_no_settings_is_refused_in_words_and_changes_nothing() {
    let till = till(&["Bar"]);
    let before = settings(&till);
    let long = format!("SOCKET_URL=http://127.0.0.1:5001\n{}", "#".repeat(10 * 1024 * 1024));
    for (name, content, words) in [
        ("long.env", long.into_bytes(), "too long"),
        ("binary.env", vec![0xff, 0xfe, 0, 1, 2], "no text"),
        ("empty.env", Vec::new(), "no settings that Platen knows"),
        ("list.json", b"[1, 2]".to_vec(), "no settings that Platen knows"),
        ("deep.json", "[".repeat(100_000).into_bytes(), "no settings that Platen knows"),
        ("nonsense.env", b"ODOO_URL=nonsense\n".to_vec(), "address of Odoo"),
        ("file.env", b"ODOO_URL=file:///etc/passwd\n".to_vec(), "http"),
    ] {
        let path = file(&till, name, content);
        let said = refused(&till, &["import", &path]);
        assert!(said.contains(words), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
    }
    let missing = till.home().join("missing.env");
    holds(&refused(&till, &["import", missing.to_str().unwrap()]), &["missing.env"]);
    assert_eq!(settings(&till), before);
}

#[test]
fn of_two_settings_with_one_name_the_last_counts() {
    let till = till(&[]);
    let content = "VENDOR_ID=1\nPRODUCT_ID=2\nPORT=8081\nPORT=8082\nHOST=nowhere\n";
    let said = till.ask_ok(&["import", &file(&till, "agent.env", content)]);
    holds(&said, &["port 8082", "left   HOST: it is no address"]);
    assert!(!said.contains("8081"), "{said}");
}
