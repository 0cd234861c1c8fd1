//! The window as a person uses it, through a WebDriver: WebKit's own in the desktop's window, Chromium's in a browser.

use crate::Till;
use crate::desktop::{Desktop, Ended, screens};
use crate::shop::wait_for;
use crate::{program, workspace};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The key under which WebDriver gives an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// WebKit's WebDriver.
const DRIVER: &str = "WebKitWebDriver";
/// Longest a single step may take; Platen's start is one.
const STEP: Duration = Duration::from_secs(60);

/// Keys without a letter, as WebDriver names them.
pub mod key {
    /// To the next field.
    pub const TAB: &str = "\u{e004}";
    /// Does what is focused, or sends its form.
    pub const ENTER: &str = "\u{e007}";
}

/// A window that is driven, the desktop's or one of Chromium; it ends with this.
pub struct Browser {
    door: u16,
    session: String,
    _driver: Ended,
}

impl Browser {
    /// Starts Platen in that till, which must open its window by itself: one that is not set up does.
    pub fn open(desktop: &Desktop, till: &Till) -> Browser {
        Browser::driven(desktop.program(DRIVER), till, &program("platen"), || {})
    }

    /// The same with a till that is set up: its window is opened by a second start.
    pub fn open_again(desktop: &Desktop, till: &Till) -> Browser {
        Browser::open_installed(desktop, till, &program("platen"))
    }

    /// The same with a Platen that stands somewhere else.
    pub fn open_installed(desktop: &Desktop, till: &Till, platen: &Path) -> Browser {
        Browser::driven(desktop.program(DRIVER), till, platen, || {
            runs(till);
            let second = desktop.command(till).status().unwrap();
            assert!(second.success(), "a second start does not show the window: {second}");
        })
    }

    /// The same where whatever is done on the desktop opens the window.
    pub fn open_by(desktop: &mut Desktop, till: &Till, show: impl FnOnce(&mut Desktop)) -> Browser {
        Browser::driven(desktop.program(DRIVER), till, &program("platen"), || {
            runs(till);
            show(desktop);
        })
    }

    /// WebDriver starts Platen and has its session when there is a window: `show` sees to that meanwhile.
    fn driven(mut driver: Command, till: &Till, platen: &Path, show: impl FnOnce()) -> Browser {
        let door = free_port();
        driver
            .args(["--host=127.0.0.1", &format!("--port={door}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("PLATEN_HOME", till.home())
            .stdout(Stdio::null());
        let options = json!({"binary": platen, "args": []});
        let wanted = json!({"webkitgtk:browserOptions": options});
        let browser = Browser::start(&mut driver, door, &wanted, show);
        browser.wait_for("#status-line, main h1", |_| true);
        browser
    }

    /// Opens a page in a Chromium without a screen, whose person reads that language. It takes any certificate.
    pub fn chromium(url: &str, language: &str) -> Browser {
        let door = free_port();
        let mut driver = Command::new("chromedriver");
        driver.arg(format!("--port={door}")).stdout(Stdio::null()).stderr(Stdio::null());
        // Its sandbox does not let root in.
        let arguments = ["--headless=new", "--no-sandbox", "--window-size=1000,800"];
        let options = json!({"args": arguments, "prefs": {"intl.accept_languages": language}});
        let wanted = json!({"acceptInsecureCerts": true, "goog:chromeOptions": options});
        let browser = Browser::start(&mut driver, door, &wanted, || ());
        browser.go(url);
        browser
    }

    /// A session of that driver, with what has to be done meanwhile.
    fn start(driver: &mut Command, door: u16, wanted: &Value, meanwhile: impl FnOnce()) -> Browser {
        let driver = Ended::of(driver);
        wait_for("WebDriver listens", || TcpStream::connect(("127.0.0.1", door)).ok());
        let wanted = json!({"capabilities": {"alwaysMatch": wanted}});
        let answer = std::thread::scope(|scope| {
            let asked = scope.spawn(|| call(door, "POST", "/session", Some(&wanted)));
            meanwhile();
            asked.join().unwrap().expect("no session")
        });
        let session = answer["sessionId"].as_str().expect("a session").to_owned();
        Browser { door, session, _driver: driver }
    }

    /// Goes to a page.
    pub fn go(&self, url: &str) {
        self.ask("url", json!({"url": url})).unwrap();
    }

    /// Loads the page anew.
    pub fn reload(&self) {
        self.ask("refresh", json!({})).unwrap();
    }

    /// A picture of Chromium's page, in `target/screens`.
    pub fn picture(&self, name: &str) {
        let path = format!("/session/{}/screenshot", self.session);
        let taken = call(self.door, "GET", &path, None).unwrap();
        let png = BASE64.decode(taken.as_str().expect("a picture")).unwrap();
        std::fs::write(screens().join(format!("{name}.png")), png).unwrap();
    }

    /// Runs a script in the page; gives what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.ask("execute/sync", json!({"script": script, "args": arguments})).unwrap()
    }

    /// Runs a script that calls its last argument with what it gives.
    pub fn run_to_end(&self, script: &str, arguments: &[Value]) -> Value {
        self.ask("execute/async", json!({"script": script, "args": arguments})).unwrap()
    }

    /// The text of the first element that a selector finds, once it is so.
    pub fn wait_for(&self, selector: &str, is_so: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            wait_for(&format!("{selector} is so"), || {
                let text = self.text(selector)?;
                last.clone_from(&text);
                is_so(&text).then_some(text)
            })
        }));
        found.unwrap_or_else(|_| {
            panic!("{selector} says {last:?}; the page:\n{}", self.text("body").unwrap_or_default())
        })
    }

    /// Waits until the first element that a selector finds says that.
    pub fn says(&self, selector: &str, words: &str) -> String {
        self.wait_for(selector, |text| text.contains(words))
    }

    /// The text of the first element that a selector finds, as it is seen.
    pub fn text(&self, selector: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? null";
        self.run(script, &[json!(selector)]).as_str().map(Into::into)
    }

    /// Presses the button with those words.
    pub fn press(&self, words: &str) {
        let find = "return [...document.querySelectorAll('button')].find((one) => one.innerText.trim() === arguments[0]) ?? null";
        let button = wait_for(&format!("a button {words}"), || {
            self.run(find, &[json!(words)])[ELEMENT].as_str().map(ToOwned::to_owned)
        });
        self.ask(&format!("element/{button}/click"), json!({})).unwrap();
    }

    /// Writes into a field, in place of what is there.
    pub fn write(&self, selector: &str, text: &str) {
        let field = self.element(selector);
        self.ask(&format!("element/{field}/clear"), json!({})).unwrap();
        if text.is_empty() {
            // A person's last backspace is heard by the page; what WebDriver clears is not.
            let script = "document.querySelector(arguments[0]).dispatchEvent(new Event('input', { bubbles: true }))";
            self.run(script, &[json!(selector)]);
        } else {
            self.ask(&format!("element/{field}/value"), json!({"text": text})).unwrap();
        }
    }

    /// Chooses an entry of a list by its value, as a person does.
    pub fn choose(&self, selector: &str, value: &str) {
        let option = self.element(&format!("{selector} option[value='{value}']"));
        self.ask(&format!("element/{option}/click"), json!({})).unwrap();
    }

    /// Types keys, one after the other, wherever the focus is.
    pub fn type_keys(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|one| {
                ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": one.to_string()}))
            })
            .collect();
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        self.ask("actions", actions).unwrap();
    }

    /// What axe-core finds on the page that some people could not use, one line each.
    pub fn obstacles(&self) -> Vec<String> {
        let axe = workspace().join("tests/node/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).expect("tests/setup.sh node was not run");
        self.run(&axe, &[]);
        let script = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] }).then(
                (found) => done(found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' '))),
                (error) => done(['axe-core failed: ' + error]));";
        let found = self.run_to_end(script, &[]);
        let line = |one: &Value| one.as_str().unwrap_or_default().to_owned();
        found.as_array().expect("a list").iter().map(line).collect()
    }

    /// The name, or else the words, of what has the focus.
    pub fn focused(&self) -> String {
        let script = "const one = document.activeElement; return one.name || one.innerText || ''";
        self.run(script, &[]).as_str().unwrap_or_default().trim().to_owned()
    }

    fn element(&self, selector: &str) -> String {
        let what = json!({"using": "css selector", "value": selector});
        wait_for(&format!("{selector} is there"), || {
            self.ask("element", what.clone()).ok()?[ELEMENT].as_str().map(ToOwned::to_owned)
        })
    }

    fn ask(&self, what: &str, body: Value) -> Result<Value, Value> {
        call(self.door, "POST", &format!("/session/{}/{what}", self.session), Some(&body))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = call(self.door, "DELETE", &format!("/session/{}", self.session), None);
    }
}

fn runs(till: &Till) {
    wait_for("Platen runs", || till.home().join("control.json").exists().then_some(()));
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// One HTTP exchange; gives WebDriver's value, or its error.
fn call(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Value> {
    let mut line =
        TcpStream::connect(("127.0.0.1", port)).map_err(|error| json!(error.to_string()))?;
    line.set_read_timeout(Some(STEP)).unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    write!(
        line,
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut line = BufReader::new(line);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        head.clear();
        line.read_line(&mut head).map_err(|error| json!(error.to_string()))?;
        if let Some(said) = head.to_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap();
        }
        if head.trim().is_empty() {
            break;
        }
    }
    let mut answer = vec![0; length];
    line.read_exact(&mut answer).map_err(|error| json!(error.to_string()))?;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let value = answer["value"].clone();
    if value.get("error").is_some() { Err(value) } else { Ok(value) }
}
