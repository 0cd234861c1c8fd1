//! Servers that other people wrote, as child processes.

use crate::workspace;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A script of `tests/node`; it prints one JSON line when it listens.
pub struct NodeServer(Talker);

/// A script of `tests/python`; it prints one JSON line when it listens.
pub struct PythonServer(Talker);

struct Talker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Talker {
    fn start(mut command: Command) -> Talker {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Talker { child, input, output }
    }

    fn say(&mut self, line: &serde_json::Value) {
        writeln!(self.input, "{line}").unwrap();
    }

    fn hear(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line:?}"))
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl NodeServer {
    /// Starts a script.
    pub fn start(script: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new("node");
        command.arg(workspace().join("tests/node").join(script)).args(arguments);
        NodeServer(Talker::start(command))
    }

    /// Sends it a JSON line.
    pub fn say(&mut self, line: &serde_json::Value) {
        self.0.say(line);
    }

    /// Its next JSON line.
    pub fn hear(&mut self) -> serde_json::Value {
        self.0.hear()
    }
}

impl PythonServer {
    /// Starts a script.
    pub fn start(script: &str, arguments: &[&str]) -> Self {
        let root = workspace().join("tests");
        let mut command = Command::new(root.join(".venv/bin/python"));
        command.arg(root.join("python").join(script)).args(arguments);
        PythonServer(Talker::start(command))
    }

    /// Sends it a JSON line.
    pub fn say(&mut self, line: &serde_json::Value) {
        self.0.say(line);
    }

    /// Its next JSON line.
    pub fn hear(&mut self) -> serde_json::Value {
        self.0.hear()
    }
}
