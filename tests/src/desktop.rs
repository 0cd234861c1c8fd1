//! A desktop of a test's own: a screen without a screen, a session bus, a tray, a window manager.

use crate::shop::wait_for;
use crate::told::Told;
use crate::{RunningTill, Till, program, workspace};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const MISSING: &str = "tests/setup.sh desktop was not run";

/// The desktop. Everything in it ends when it goes.
pub struct Desktop {
    tray: Told,
    _manager: Ended,
    _bus: Ended,
    _screen: Ended,
    session: Session,
}

/// What a program has to know to be on that desktop.
struct Session {
    display: String,
    bus: String,
    folder: TempDir,
}

/// What a person sees in the tray.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The icon's file.
    pub icon: PathBuf,
    /// The first line of the menu.
    pub line: String,
    /// The labels of the menu; those in a folder after it, as `folder ▸ label`.
    pub menu: Vec<String>,
}

impl Desktop {
    /// Starts one, with nothing on it.
    pub fn start() -> Desktop {
        let (screen, display) =
            Ended::telling(
                Command::new("Xvfb")
                    .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
                    .args(["-nolisten", "tcp", "-noreset"]),
            );
        let (bus, address) = Ended::telling(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
        ]));
        let folder = tempfile::tempdir().unwrap();
        let session = Session { display: format!(":{display}"), bus: address, folder };
        let manager = Ended::of(&mut session.command("openbox"));
        let mut host = session.command("/usr/bin/python3");
        host.arg(workspace().join("tests/rigs/desktop/tray_host.py"));
        let mut tray = Told::start(host, MISSING);
        tray.wait("there is a tray", |line| line["is"] == "ready");
        Desktop { tray, _manager: manager, _bus: bus, _screen: screen, session }
    }

    /// `platen` in that till, on this desktop.
    pub fn command(&self, till: &Till) -> Command {
        let mut command = self.program(program("platen"));
        command.env("PLATEN_HOME", till.home());
        command
    }

    /// Any program, on this desktop.
    pub fn program(&self, program: impl AsRef<Path>) -> Command {
        self.session.command(program)
    }

    /// Starts it and waits until it is in the tray.
    pub fn run(&mut self, till: &Till) -> RunningTill {
        self.tray.forget();
        let running = RunningTill::adopt(self.command(till).spawn().unwrap());
        self.tray.wait("Platen is in the tray", |line| line["is"] == "registered");
        running
    }

    /// Waits until nothing is in the tray any more.
    pub fn wait_until_gone(&mut self) {
        self.tray.wait("Platen is gone from the tray", |line| line["is"] == "gone");
    }

    /// What is in the tray now.
    pub fn look(&mut self) -> Seen {
        let answer = self.tray.order(json!({"do": "look"}));
        let mut menu = Vec::new();
        read(&answer["menu"], "", &mut menu);
        Seen {
            icon: PathBuf::from(answer["icon"].as_str().unwrap()),
            line: menu.first().cloned().unwrap_or_default(),
            menu,
        }
    }

    /// Waits until the first line of the menu is so; gives what is seen then.
    pub fn wait_for_line(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> Seen {
        let mut last = String::new();
        wait_for(&format!("the tray says {what}"), || {
            let seen = self.look();
            if seen.line != last {
                last.clone_from(&seen.line);
            }
            is_so(&seen.line).then_some(seen)
        })
    }

    /// Presses an entry of the menu; those before the last are folders.
    pub fn press(&mut self, path: &[&str]) {
        self.tray.order(json!({"do": "press", "path": path}));
    }

    /// The titles of the windows.
    pub fn windows(&self) -> Vec<String> {
        let said = self
            .session
            .command("wmctrl")
            .arg("-l")
            .stdout(Stdio::piped())
            .output()
            .expect(MISSING);
        let title = |line: &str| {
            line.splitn(4, ' ')
                .nth(3)
                .and_then(|rest| rest.split_once(' '))
                .map(|(_, title)| title.to_owned())
        };
        String::from_utf8_lossy(&said.stdout).lines().filter_map(title).collect()
    }

    /// Waits until there are so many windows.
    pub fn wait_for_windows(&self, n: usize) {
        wait_for(&format!("{n} windows"), || (self.windows().len() == n).then_some(()));
    }

    /// Closes the window of that title, as a person does.
    pub fn close(&self, title: &str) {
        let closed =
            self.session.command("wmctrl").args(["-F", "-c", title]).status().expect(MISSING);
        assert!(closed.success(), "{title} cannot be closed");
    }

    /// A picture of the whole screen, in `target/screens`. (WebDriver's own pictures of a page hang where WebKit draws without
    /// OpenGL.)
    pub fn picture(&self, name: &str) -> PathBuf {
        let path = screens().join(format!("{name}.png"));
        let taken = self
            .session
            .command("import")
            .args(["-window", "root"])
            .arg(&path)
            .status()
            .expect(MISSING);
        assert!(taken.success());
        path
    }
}

impl Session {
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        let folder = self.folder.path();
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .envs([("HOME", folder), ("XDG_RUNTIME_DIR", folder)])
            .envs([
                ("GDK_BACKEND", "x11"),
                ("NO_AT_BRIDGE", "1"),
                ("LANG", "C.UTF-8"),
                ("TZ", "UTC"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for leaves in [
            "WAYLAND_DISPLAY",
            "LC_ALL",
            "LC_MESSAGES",
            "XDG_CURRENT_DESKTOP",
            "XDG_DATA_HOME",
            "PLATEN_HOME",
        ] {
            command.env_remove(leaves);
        }
        command
    }
}

/// Where pictures of screens and windows are put.
fn screens() -> PathBuf {
    let folder = workspace().join("target/screens");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn read(entries: &Value, folder: &str, menu: &mut Vec<String>) {
    for entry in entries.as_array().into_iter().flatten() {
        if entry["kind"] == "separator" {
            continue;
        }
        let label = entry["label"].as_str().unwrap_or_default();
        let mark = if entry["checked"] == true { "✓ " } else { "" };
        menu.push(format!("{folder}{mark}{label}"));
        read(&entry["entries"], &format!("{folder}{label} ▸ "), menu);
    }
}

/// A process that is ended when this goes.
pub(crate) struct Ended(Child);

impl Ended {
    /// Starts a program.
    pub(crate) fn of(command: &mut Command) -> Ended {
        Ended(command.spawn().expect(MISSING))
    }

    /// Starts a program that says one line when it is ready.
    fn telling(command: &mut Command) -> (Ended, String) {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect(MISSING);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.trim().is_empty(), "{command:?} says nothing");
        (Ended(child), line.trim().to_owned())
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
