//! A Windows of a test's own, under Wine: a copy of the one that tests/rigs/windows/run.sh has made. That says in the environment
//! where Wine, that Windows and the packages are, and has a screen.

pub mod shop;

use crate::shop::wait_at_most;
use serde_json::Value;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for anything that should happen soon; programs start slowly under Wine.
pub const SOON: Duration = Duration::from_secs(60);
/// What starts programs at login.
pub const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
/// What Windows' settings list as installed.
pub const ENTRY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Platen";

/// A Windows with one person. Everything in it ends when it goes.
pub struct Windows {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Windows {
    /// One without Platen.
    pub fn new() -> Windows {
        let folder = tempfile::tempdir().unwrap();
        let copied = Command::new("cp")
            .arg("-a")
            .arg(said("PLATEN_WINE_PREFIX"))
            .arg(folder.path().join("c"))
            .status();
        assert!(copied.unwrap().success());
        Windows { folder, environment: Vec::new() }
    }

    /// The same with a variable that every program gets.
    pub fn with(mut self, name: &str, value: &str) -> Windows {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// A program of Windows, with arguments.
    pub fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new(said("PLATEN_WINE"));
        command
            .arg(program.as_ref())
            .args(arguments)
            .stdin(Stdio::null())
            .current_dir(self.folder.path());
        self.settle(&mut command);
        command
    }

    fn settle(&self, command: &mut Command) {
        command.env("WINEPREFIX", self.folder.path().join("c")).env_remove("PLATEN_HOME");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
    }

    /// Starts a program.
    pub fn start(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Child {
        let mut command = self.command(program, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs a program to its end; gives its exit status. What it started goes on.
    pub fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> i32 {
        let mut child = self.start(&program, arguments);
        let ended = finished(&mut child, 3 * SOON);
        ended.unwrap_or_else(|| panic!("{} does not end", program.as_ref().display()))
    }

    /// Runs a program of which somebody reads what it says.
    pub fn output(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Output {
        self.command(program, arguments).output().unwrap()
    }

    /// The installed `platenctl`, which has to succeed; gives its stdout.
    pub fn platenctl(&self, arguments: &[&str]) -> String {
        let output = self.output(self.installed().join("platenctl.exe"), arguments);
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(output.status.success(), "platenctl {arguments:?}: {said}");
        said
    }

    /// The same, whose output is JSON.
    pub fn platenctl_json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.platenctl(arguments)).unwrap()
    }

    /// Drive C.
    pub fn drive(&self) -> PathBuf {
        self.folder.path().join("c/drive_c")
    }

    /// The person's folder for programs' data: `%LOCALAPPDATA%`.
    pub fn local(&self) -> PathBuf {
        let people = std::fs::read_dir(self.drive().join("users")).unwrap();
        let person = people.map(|one| one.unwrap().path()).find(|path| !path.ends_with("Public"));
        person.unwrap().join("AppData/Local")
    }

    /// Where Platen is installed.
    pub fn installed(&self) -> PathBuf {
        self.local().join("Programs/Platen")
    }

    /// Its home: settings, spool, logs.
    pub fn home(&self) -> PathBuf {
        self.local().join("platen")
    }

    /// A file that every person of this computer shares.
    pub fn put_for_all(&self, name: &str, content: &str) {
        let path = self.drive().join("ProgramData").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// A value of the registry; none where it is not there.
    pub fn registry(&self, key: &str, value: &str) -> Option<String> {
        let output = self.output("reg", &["query", key, "/v", value]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said.lines().find(|line| line.trim_start().starts_with(value))?;
        Some(line.split_once("REG_SZ")?.1.trim().to_owned())
    }

    /// A file of drive C as Windows calls it.
    pub fn on_drive_c(&self, path: &Path) -> String {
        format!(r"C:\{}", path.strip_prefix(self.drive()).unwrap().display()).replace('/', r"\")
    }

    /// What the installer said last.
    pub fn told(&self) -> String {
        let person = self.local().ancestors().nth(2).unwrap().to_owned();
        let places = [person.join("Temp"), self.local().join("Temp")];
        let read =
            places.iter().find_map(|place| std::fs::read(place.join("platen-setup.log")).ok());
        let bytes = read.unwrap_or_default();
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units)
    }

    /// Waits until an engine runs; gives the process id that it has in this Windows.
    pub fn wait_until_it_runs(&self) -> u64 {
        self.wait_until_another_runs(0)
    }

    /// The same for one that has not that process id.
    pub fn wait_until_another_runs(&self, last: u64) -> u64 {
        wait_at_most(SOON, "Platen runs", || {
            let door = std::fs::read(self.home().join("control.json")).ok()?;
            let pid = serde_json::from_slice::<Value>(&door).ok()?["pid"].as_u64();
            pid.filter(|pid| *pid != last)
        })
    }

    /// Has the program with that process id end as programs end that crash.
    pub fn crash(&self, pid: u64) {
        assert_eq!(self.run(said("PLATEN_WINDOWS_CRASH"), &[&pid.to_string()]), 0);
    }

    /// Ends every program of this Windows, and of no other, at once and unasked.
    pub fn cut_the_power(&self) {
        for word in ["-k", "-w"] {
            let mut end = Command::new(said("PLATEN_WINE_SERVER"));
            self.settle(end.arg(word));
            let _ = end.status();
        }
    }

    /// The log of the engine.
    pub fn log(&self) -> String {
        let Ok(files) = std::fs::read_dir(self.home().join("logs")) else { return String::new() };
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            std::fs::read(file.unwrap().path()).unwrap_or_default()
        };
        files.map(read).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }
}

impl Default for Windows {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Windows {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the installer said:\n{}\nthe engine's log:\n{}", self.told(), self.log());
        }
        self.cut_the_power();
    }
}

/// A file as a Windows under Wine calls it: its drive Z is the whole file system.
pub fn in_windows(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// A network printer for a queue of CUPS: its address there, and the bytes of each connection.
pub fn socket_printer() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let uri = format!("socket://{}", listener.local_addr().unwrap());
    let (tell, papers) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut paper = Vec::new();
            stream.unwrap().read_to_end(&mut paper).unwrap();
            if tell.send(paper).is_err() {
                return;
            }
        }
    });
    (uri, papers)
}

/// A package that run.sh has built.
pub fn package(name: &str) -> PathBuf {
    PathBuf::from(said("PLATEN_WINDOWS_PACKAGES")).join(name)
}

/// Waits for a program; none where it does not end.
pub fn finished(child: &mut Child, at_most: Duration) -> Option<i32> {
    let deadline = Instant::now() + at_most;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    None
}

fn said(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: tests/rigs/windows/run.sh sets it"))
}
