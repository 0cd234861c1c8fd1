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
