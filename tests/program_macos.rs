//! What a Mac gets, as far as it can be seen without one: the bundle's folder, its property lists, and which of Apple's tools are called
//! with what. Those tools are stand-ins here that write down their words: no Mac has run any of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::workspace;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// Apple's tools, and who says that this is a Mac.
const TOOLS: [&str; 5] = ["uname", "codesign", "xcrun", "hdiutil", "ditto"];

fn programs(folder: &Path) -> String {
    for name in ["platen", "platenctl"] {
        executable(&folder.join(name), &format!("#!/bin/sh\n# {name}\n"));
    }
    folder.to_str().unwrap().to_owned()
}

fn executable(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn build(out: &Path, programs: &str, environment: &[(&str, &str)]) -> Output {
    let mut build = Command::new(workspace().join("installers/macos/build.sh"));
    build.arg(out).env("PLATEN_PROGRAMS", programs).envs(environment.iter().copied());
    build.output().unwrap()
}

/// A property list, as Python reads it.
fn plist(path: &Path) -> Value {
    let script =
        "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";
    let read = Command::new("python3").args(["-c", script]).arg(path).output().unwrap();
    assert!(read.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).unwrap()
}

#[test]
fn the_bundle_is_whole_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (out, from) = (folder.path().join("out"), folder.path());
    let built = build(&out, &programs(from), &[("PLATEN_VERSION", "1.2.3-beta.4")]);
    assert!(built.status.success(), "{built:?}");
    let contents = out.join("Platen.app/Contents");
    for name in ["platen", "platenctl"] {
        let there = contents.join("MacOS").join(name);
        assert_eq!(fs::read(&there).unwrap(), fs::read(from.join(name)).unwrap());
        assert_eq!(fs::metadata(there).unwrap().permissions().mode() & 0o111, 0o111, "{name}");
    }
    let config = fs::read(workspace().join("src-tauri/tauri.conf.json")).unwrap();
    let config: Value = serde_json::from_slice(&config).unwrap();
    let info = plist(&contents.join("Info.plist"));
    assert_eq!(info["CFBundleIdentifier"], config["identifier"]);
    assert_eq!(info["CFBundleExecutable"], config["mainBinaryName"]);
    assert_eq!(info["CFBundleShortVersionString"], "1.2.3", "Apple takes three numbers");
    assert_eq!(info["PlatenVersion"], "1.2.3-beta.4");
    assert_eq!(info["LSUIElement"], true, "it would have a place in the Dock");
    // Without both, macOS 15 lets no program find anything on the network.
    assert!(info["NSLocalNetworkUsageDescription"].as_str().unwrap().contains("printers"));
    let looked_for = json!(["_pdl-datastream._tcp", "_printer._tcp", "_ipp._tcp"]);
    assert_eq!(info["NSBonjourServices"], looked_for);
    let icon = format!("Resources/{}.icns", info["CFBundleIconFile"].as_str().unwrap());
    assert!(fs::read(contents.join(icon)).unwrap().starts_with(b"icns"));
    let agent = plist(&contents.join("Resources/org.platen.desktop.plist"));
    let program = "/Applications/Platen.app/Contents/MacOS/platen";
    assert_eq!(agent["ProgramArguments"], json!([program, "--supervise", "--minimized"]));
    assert_eq!((&agent["Label"], &agent["KeepAlive"]), (&config["identifier"], &json!(false)));
    for path in [contents.join("Info.plist"), contents.join("Resources/org.platen.desktop.plist")] {
        assert!(!fs::read_to_string(&path).unwrap().contains('@'), "{}", path.display());
    }
}

#[test]
fn programs_that_are_not_built_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let built = build(&folder.path().join("out"), folder.path().to_str().unwrap(), &[]);
    assert!(!built.status.success());
    assert!(String::from_utf8_lossy(&built.stderr).contains("platen is not built"), "{built:?}");
}

#[test]
fn on_a_mac_it_is_signed_from_within_notarised_and_stapled() {
    let folder = tempfile::tempdir().unwrap();
    let (out, log, tools) =
        (folder.path().join("out"), folder.path().join("log"), folder.path().join("tools"));
    fs::create_dir(&tools).unwrap();
    for tool in TOOLS {
        let says = if tool == "uname" { "echo Darwin" } else { "" };
        let script = format!("#!/bin/sh\necho {tool} \"$@\" >> '{}'\n{says}\n", log.display());
        executable(&tools.join(tool), &script);
    }
    // What the stand-in packs is not there, and is removed afterwards.
    executable(&tools.join("rm"), "#!/bin/sh\nexec /bin/rm -f \"$@\"\n");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let programs = programs(folder.path());
    let identity = "Developer ID Application: Somebody";
    let with = [
        ("PATH", path.as_str()),
        ("PLATEN_VERSION", "1.2.3"),
        ("PLATEN_APPLE_IDENTITY", identity),
        ("PLATEN_APPLE_PROFILE", "notary"),
    ];
    let built = build(&out, &programs, &with);
    assert!(built.status.success(), "{built:?}");
    let called = fs::read_to_string(&log).unwrap();
    let mut rest = called.as_str();
    for words in [
        "--options runtime --entitlements installers/macos/platen.entitlements --sign Developer ID Application: Somebody",
        "Platen.app/Contents/MacOS/platenctl\n",
        "Platen.app\n",
        "codesign --verify --strict",
        "xcrun notarytool submit",
        "--keychain-profile notary --wait",
        "xcrun stapler staple",
        "hdiutil create",
        "Platen-1.2.3.dmg",
        "xcrun notarytool submit",
        "xcrun stapler staple",
    ] {
        let at =
            rest.find(words).unwrap_or_else(|| panic!("{words:?} is missing, or late:\n{called}"));
        rest = &rest[at + words.len()..];
    }
    assert!(out.join("Platen-1.2.3.app.tar.gz").exists(), "updates have nothing to install");
    // Without an identity it says so, and signs nothing.
    fs::remove_file(&log).unwrap();
    let built = build(&out, &programs, &with[..2]);
    assert!(built.status.success(), "{built:?}");
    assert!(String::from_utf8_lossy(&built.stderr).contains("not signed"), "{built:?}");
    assert!(!fs::read_to_string(&log).unwrap().contains("codesign"));
}
