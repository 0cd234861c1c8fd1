//! Markers: texts that stand nowhere else, and the search for them in everything that a till tells.

use crate::{RunningTill, Till, workspace};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// How every marker begins. Six letters, so that they are whole characters of base64.
pub const MARK: &str = "MARKER";

/// A text that is nowhere else.
pub fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{MARK}{:04}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An order with a marker in every field.
pub fn order() -> Value {
    let item = || {
        json!({"name": mark(), "productName": mark(), "quantity": mark(), "price": mark(), "total": mark(),
            "notes": mark(), "modifiers": [{"name": mark(), "price": mark()}], "options": [mark()]})
    };
    json!({
        "orderNumber": mark(), "id": mark(), "tableNumber": mark(), "customerName": mark(), "customerPhone": mark(),
        "deliveryAddress": mark(), "items": [item(), item()], "subtotal": mark(), "tax": mark(), "total": mark(),
        "discount": mark(), "currency": mark(), "paymentMethod": mark(), "cashier": mark(), "notes": mark(),
        "header": mark(), "footer": mark(), "date": mark(), "surprise": {"deep": [mark()]},
    })
}

/// A till whose log says all that it can say, also to a file that holds its stderr.
pub fn start(till: &Till, stderr: &Path) -> RunningTill {
    let file = fs::OpenOptions::new().create(true).append(true).open(stderr).unwrap();
    let mut command = till.command(&["run"]);
    command.env("PLATEN_LOG", "trace").stdout(Stdio::null()).stderr(file);
    RunningTill::adopt(command.spawn().unwrap())
}

/// Everything that a person could be shown or a thief could read, apart from the spool and the secrets: by where it stands, with
/// the first so many jobs one by one.
pub fn everything_told(till: &Till, stderr: &Path, jobs: u32) -> Vec<(String, String)> {
    let mut told = vec![("the log".to_owned(), till.log())];
    told.push((
        "stderr of run".into(),
        String::from_utf8_lossy(&fs::read(stderr).unwrap()).into_owned(),
    ));
    let bundle = till.home().join("bundle.zip");
    let bundle_path = bundle.to_str().unwrap();
    let mut commands: Vec<Vec<String>> = [
        "status",
        "status --json",
        "jobs",
        "jobs --json",
        "printers",
        "printers --json",
        "connectors",
        "connectors --json",
        "doctor",
        "doctor --json",
    ]
    .iter()
    .map(|line| line.split(' ').map(str::to_owned).collect())
    .collect();
    commands.push(["doctor", "--bundle", bundle_path].map(str::to_owned).to_vec());
    for id in 1..=jobs {
        commands.push(["job".to_owned(), id.to_string(), "--json".to_owned()].to_vec());
    }
    for command in &commands {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        let output = till.command(&arguments).env("PLATEN_LOG", "trace").output().unwrap();
        let both = [output.stdout, output.stderr].concat();
        told.push((command.join(" "), String::from_utf8_lossy(&both).into_owned()));
    }
    told.extend(unzipped(&bundle));
    told
}

/// The files of a bundle.
fn unzipped(bundle: &Path) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let python = workspace().join("tests/.venv/bin/python");
    let mut command = Command::new(python);
    command.args(["-m", "zipfile", "-e"]).arg(bundle).arg(folder.path());
    assert!(command.status().expect("tests/setup.sh python was not run").success());
    let mut files = Vec::new();
    let mut folders = vec![folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                files.push((format!("bundle: {}", path.file_name().unwrap().display()), text));
            }
        }
    }
    assert!(
        files.len() >= 6,
        "the bundle lacks something: {:?}",
        files.iter().map(|file| &file.0).collect::<Vec<_>>()
    );
    files
}

/// Panics where a marker stands in any of it, or one of these secrets: as it is, as the numbers of its bytes, or in base64.
pub fn check(told: &[(String, String)], secrets: &[&str]) {
    let numbers: Vec<String> = MARK.bytes().map(|byte| byte.to_string()).collect();
    let marks = [MARK.to_owned(), numbers.join(", "), STANDARD.encode(MARK)];
    let wanted: Vec<&str> =
        marks.iter().map(String::as_str).chain(secrets.iter().copied()).collect();
    for (place, text) in told {
        for secret in &wanted {
            if let Some(at) = text.find(secret) {
                let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
                let shown: String =
                    text[line..].lines().next().unwrap().chars().take(500).collect();
                panic!("{secret} stands in {place}: {shown}");
            }
        }
    }
}
