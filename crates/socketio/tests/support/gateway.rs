//! A Socket.IO server in a process of its own.

use super::soon;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A server that obeys line by line. Killed when dropped.
pub struct Gateway {
    child: Child,
    commands: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it said while somebody waited for something else.
    said: Vec<Value>,
    next_id: u64,
    pub port: u16,
}

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

impl Gateway {
    /// The npm `socket.io` server with these options (see `tests/node/server.mjs`).
    pub async fn start(options: Value) -> Self {
        let folder = tests_folder().join("node");
        assert!(folder.join("node_modules/socket.io").exists(), "run: npm ci --prefix tests/node");
        let mut command = Command::new("node");
        command.arg(folder.join("server.mjs")).arg(options.to_string());
        Self::spawn(command).await
    }

    /// python-socketio on aiohttp (see `tests/python/server.py`).
    pub async fn start_python(namespace: &str) -> Self {
        let python = tests_folder().join(".venv/bin/python");
        assert!(python.exists(), "make tests/.venv from tests/python/requirements.txt");
        let mut command = Command::new(python);
        command.arg(tests_folder().join("python/server.py")).arg(namespace);
        Self::spawn(command).await
    }

    async fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let commands = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut gateway = Self { child, commands, lines, said: Vec::new(), next_id: 0, port: 0 };
        let listening = gateway.hears("listening").await;
        gateway.port = listening["port"].as_u64().unwrap().try_into().unwrap();
        gateway
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Gives a command and waits for its answer.
    pub async fn order(&mut self, mut command: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        command["id"] = id.into();
        let line = format!("{command}\n");
        self.commands.write_all(line.as_bytes()).await.expect("the server takes commands");
        let answer =
            self.wait_for(&format!("the answer to {command}"), |line| line["re"] == id).await;
        assert!(answer.get("error").is_none(), "{command}: {answer}");
        answer
    }

    pub async fn emit(&mut self, event: &str, args: Value) {
        self.order(json!({"do": "emit", "event": event, "args": args})).await;
    }

    /// Waits for the next line of that kind.
    pub async fn hears(&mut self, kind: &str) -> Value {
        self.wait_for(kind, |line| line["is"] == kind).await
    }

    /// Waits for the next event of that name and gives its arguments.
    pub async fn event(&mut self, name: &str) -> Value {
        let event = self.wait_for(name, |line| line["is"] == "event" && line["name"] == name).await;
        event["args"].clone()
    }

    /// How many lines of that kind have come so far and were not asked for.
    pub async fn count_so_far(&mut self, kind: &str) -> usize {
        self.order(json!({"do": "sockets"})).await;
        self.said.iter().filter(|line| line["is"] == kind).count()
    }

    async fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.said.iter().position(&wanted) {
            return self.said.remove(at);
        }
        soon(what, async {
            loop {
                let line = self.lines.next_line().await.unwrap();
                let line = line.unwrap_or_else(|| panic!("the server ended; waited for {what}"));
                let line: Value = serde_json::from_str(&line).unwrap();
                if wanted(&line) {
                    return line;
                }
                self.said.push(line);
            }
        })
        .await
    }

    /// Stops the process without its noticing (SIGSTOP): a dead peer.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        assert!(
            std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success()
        );
    }

    /// SIGKILL. The port is free afterwards.
    pub async fn kill(mut self) -> u16 {
        self.child.kill().await.unwrap();
        self.port
    }
}
