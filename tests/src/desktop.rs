//! A desktop of a test's own: a screen without a screen, a session bus, a tray, a window manager.

use crate::shop::{wait_at_most, wait_for};
use crate::told::Told;
use crate::{RunningTill, SOON, Till, program, workspace};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The theme of a dark desktop.
const DARK: &str = "Adwaita:dark";
/// How many times an icon is as large in its picture.
const LARGER: usize = 4;
const MISSING: &str = "tests/setup.sh desktop was not run";

/// The desktop. Everything in it ends when it goes.
pub struct Desktop {
    tray: Told,
    _keyring: Option<Ended>,
    _manager: Ended,
    bus: Option<Ended>,
    screen: Option<Ended>,
    session: Session,
}

/// How a session's keyring is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// Whoever is in the session may use it.
    Open,
    /// It wants its password.
    Locked,
}

/// What a program has to know to be on that desktop.
struct Session {
    display: String,
    bus: String,
    folder: TempDir,
    theme: &'static str,
    variables: Vec<(String, String)>,
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
        let folder = tempfile::tempdir().unwrap();
        let (bus, address) = Ended::telling(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", bus_settings(folder.path()).display()))
                .args(["--nofork", "--nopidfile", "--print-address=1"]),
        );
        let session = Session {
            display: format!(":{display}"),
            bus: address,
            folder,
            theme: "Adwaita",
            variables: Vec::new(),
        };
        let manager = Ended::of(&mut session.command("openbox"));
        let mut host = session.command("/usr/bin/python3");
        host.arg(workspace().join("tests/rigs/desktop/tray_host.py"));
        let mut tray = Told::start(host, MISSING);
        tray.wait("there is a tray", |line| line["is"] == "ready");
        Desktop {
            tray,
            _keyring: None,
            _manager: manager,
            bus: Some(bus),
            screen: Some(screen),
            session,
        }
    }

    /// The same with light letters on dark ground.
    pub fn dark() -> Desktop {
        let mut desktop = Desktop::start();
        desktop.session.theme = DARK;
        desktop
    }

    /// The X server dies, as it does at the end of a session.
    pub fn lose_screen(&mut self) {
        self.screen = None;
    }

    /// The session's bus dies, and what is reached by it.
    pub fn lose_bus(&mut self) {
        self.bus = None;
    }

    /// Sets a variable for whatever is started on it from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.session.variables.push((name.into(), value.into()));
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

    /// Has the session a keyring: open, or locked and waiting for a person who does not come. What it holds stays.
    pub fn keyring(&mut self, is: Keyring) {
        self._keyring = None;
        // The first one makes the keyring with an empty password; the second one has it, but not its password.
        let open = self.keyring_daemon(b"\n");
        self._keyring = Some(match is {
            Keyring::Open => open,
            Keyring::Locked => {
                self.wait_for_keyring();
                drop(open);
                let mut daemon = self.program("gnome-keyring-daemon");
                Ended::of(daemon.args(["--foreground", "--components=secrets"]))
            }
        });
        self.wait_for_keyring();
    }

    fn keyring_daemon(&self, password: &[u8]) -> Ended {
        let mut daemon = self.program("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut daemon = Ended::of(&mut daemon);
        daemon.0.stdin.take().unwrap().write_all(password).unwrap();
        daemon
    }

    fn wait_for_keyring(&self) {
        wait_for("the keyring is in the session", || {
            let names = self
                .program("dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
                .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
                .arg("string:org.freedesktop.secrets")
                .stdout(Stdio::piped())
                .output()
                .expect(MISSING);
            String::from_utf8_lossy(&names.stdout).contains("boolean true").then_some(())
        });
    }

    /// Starts it and waits until it is in the tray.
    pub fn run(&mut self, till: &Till) -> RunningTill {
        self.run_with(till, |_| {})
    }

    /// The same, equipped with what else it needs, such as a variable of its environment.
    pub fn run_with(&mut self, till: &Till, equip: impl FnOnce(&mut Command)) -> RunningTill {
        self.tray.forget();
        let mut command = self.command(till);
        equip(&mut command);
        let running = RunningTill::adopt(command.spawn().unwrap());
        self.tray.wait("Platen is in the tray", |line| line["is"] == "registered");
        running
    }

    /// Waits until a program calls for a person; gives what it says.
    pub fn wait_for_call(&mut self, title: &str) -> String {
        let call = self
            .tray
            .wait("somebody is called", |line| line["is"] == "called" && line["title"] == title);
        call["body"].as_str().unwrap_or_default().to_owned()
    }

    /// How often somebody was called so far.
    pub fn calls(&mut self) -> usize {
        self.tray.count(|line| line["is"] == "called")
    }

    /// What the session starts at login of Platen; none where nothing.
    pub fn at_login(&self) -> Option<String> {
        let entry = self.session.folder.path().join(".config/autostart/Platen.desktop");
        std::fs::read_to_string(entry).ok()
    }

    /// Puts a program on this desktop, in place of one of that name on the machine.
    pub fn put_program(&self, name: &str, script: &str) {
        let path = self.session.programs().join(name);
        std::fs::create_dir_all(self.session.programs()).unwrap();
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    }

    /// Forgets what happened in the tray so far.
    pub fn forget(&mut self) {
        self.tray.forget();
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

    /// Waits until something in the menu is called that.
    pub fn wait_for_entry(&mut self, label: &str) {
        self.wait_at_most_for_entry(SOON, label);
    }

    /// The same with another deadline.
    pub fn wait_at_most_for_entry(&mut self, at_most: Duration, label: &str) {
        wait_at_most(at_most, &format!("the menu says {label}"), || {
            self.look().menu.iter().any(|entry| entry == label).then_some(())
        });
    }

    /// Waits until the icon is the one for that mood: dark on a light desktop, light on a dark one.
    pub fn shows(&mut self, mood: &str) {
        let shade = if self.session.theme == DARK { "light" } else { "dark" };
        let wanted = dots(&workspace().join(format!("icons/tray-{mood}-{shade}.png")));
        let icon = wait_for(&format!("the icon for {mood}"), || {
            let icon = self.look().icon;
            (icon.is_file() && dots(&icon) == wanted).then_some(icon)
        });
        self.picture_of_icon(&icon, mood);
    }

    /// A picture of an icon as it stands in a panel, several times as large, in `target/screens`.
    fn picture_of_icon(&self, icon: &Path, mood: &str) {
        let (desktop, ground) = match self.session.theme {
            DARK => ("dark", [0x2d, 0x2d, 0x2d]),
            _ => ("light", [0xf6, 0xf5, 0xf4]),
        };
        let (dots, width) = (dots(icon), width(icon));
        let rows = dots.chunks(width * 4).flat_map(|row| std::iter::repeat_n(row, LARGER));
        let on_ground: Vec<u8> = rows
            .flat_map(|row| row.chunks(4).flat_map(|dot| std::iter::repeat_n(dot, LARGER)))
            .flat_map(|dot| [0, 1, 2].map(|n| blended(dot[n], ground[n], dot[3])))
            .collect();
        let path = screens().join(format!("tray-{mood}-{desktop}.png"));
        let side = |dots: usize| u32::try_from(dots * LARGER).unwrap();
        let file = File::create(path).unwrap();
        let mut picture = png::Encoder::new(file, side(width), side(dots.len() / (width * 4)));
        picture.set_color(png::ColorType::Rgb);
        picture.write_header().unwrap().write_image_data(&on_ground).unwrap();
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
    fn programs(&self) -> PathBuf {
        self.folder.path().join("programs")
    }

    fn path(&self) -> OsString {
        let machine = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.programs()).chain(std::env::split_paths(&machine));
        std::env::join_paths(folders).unwrap()
    }

    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        let folder = self.folder.path();
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .envs([("HOME", folder), ("XDG_RUNTIME_DIR", folder)])
            .env("PATH", self.path())
            .envs([
                ("GDK_BACKEND", "x11"),
                ("GTK_THEME", self.theme),
                ("NO_AT_BRIDGE", "1"),
                ("LANG", "C.UTF-8"),
                ("TZ", "UTC"),
            ])
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for leaves in [
            "WAYLAND_DISPLAY",
            "LC_ALL",
            "LC_MESSAGES",
            "XDG_CURRENT_DESKTOP",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "PLATEN_HOME",
        ] {
            command.env_remove(leaves);
        }
        command
    }
}

/// A session bus that starts no program of the machine by itself, such as a keyring.
fn bus_settings(folder: &Path) -> PathBuf {
    let path = folder.join("bus.conf");
    let settings = format!(
        r#"<busconfig><type>session</type><listen>unix:dir={}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#,
        folder.display()
    );
    std::fs::write(&path, settings).unwrap();
    path
}

/// The dots of a picture.
fn dots(path: &Path) -> Vec<u8> {
    let mut reader =
        png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut dots).unwrap();
    dots.truncate(frame.buffer_size());
    dots
}

/// How many dots of a picture, each red, green, blue and how much it covers, are in a row.
fn width(path: &Path) -> usize {
    let reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
    assert_eq!(reader.output_color_type(), (png::ColorType::Rgba, png::BitDepth::Eight));
    reader.info().width as usize
}

fn blended(dot: u8, ground: u8, covers: u8) -> u8 {
    let [dot, ground, covers] = [dot, ground, covers].map(u32::from);
    u8::try_from((dot * covers + ground * (255 - covers)) / 255).unwrap()
}

/// Where pictures of screens and windows are put.
pub(crate) fn screens() -> PathBuf {
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
