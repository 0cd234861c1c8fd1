//! A program that is told line by line, in JSON, what to do, and that tells what happens.

use crate::SOON;
use crate::shop::wait_for;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A program in a process of its own; killed when this goes.
pub struct Told {
    child: Child,
    input: ChildStdin,
    lines: Receiver<Value>,
    /// Everything that happened, in order.
    heard: Vec<Value>,
    commands: u64,
}

impl Told {
    /// Starts it; `missing` says what was not done where it cannot be started.
    pub fn start(mut command: Command, missing: &str) -> Told {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect(missing);
        let input = child.stdin.take().unwrap();
        let lines = listen(child.stdout.take().unwrap());
        Told { child, input, lines, heard: Vec::new(), commands: 0 }
    }

    /// Carries out a command and gives its answer.
    pub fn order(&mut self, mut command: Value) -> Value {
        self.commands += 1;
        let id = self.commands;
        command["id"] = json!(id);
        writeln!(self.input, "{command}").unwrap();
        let answer = self.wait("the program obeys", move |line| line["re"] == json!(id));
        assert!(answer.get("error").is_none(), "{command} failed: {answer}");
        answer
    }

    /// Waits for a line that is so, among those that came and those to come.
    pub fn wait(&mut self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        self.wait_within(SOON, what, is_so)
    }

    /// The same with another deadline.
    pub fn wait_within(
        &mut self,
        at_most: Duration,
        what: &str,
        is_so: impl Fn(&Value) -> bool,
    ) -> Value {
        if let Some(line) = self.heard.iter().find(|line| is_so(line)) {
            return line.clone();
        }
        let deadline = Instant::now() + at_most;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.heard.push(line.clone());
                    if is_so(&line) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("not within {at_most:?}: {what}; heard: {}", self.story())
                }
                Err(RecvTimeoutError::Disconnected) => panic!("the program ended: {what}"),
            }
        }
    }

    /// Waits for `n` lines that are so.
    pub fn wait_for_count(&mut self, n: usize, is_so: impl Fn(&Value) -> bool) {
        wait_for("so many lines of the program", || (self.count(&is_so) >= n).then_some(()));
    }

    /// How many lines so far are so.
    pub fn count(&mut self, is_so: impl Fn(&Value) -> bool) -> usize {
        self.all().iter().filter(|line| is_so(line)).count()
    }

    /// Everything that happened so far.
    pub fn all(&mut self) -> &[Value] {
        self.heard.extend(self.lines.try_iter());
        &self.heard
    }

    /// What happened since this was asked last, without the answers to commands.
    pub fn take(&mut self) -> Vec<Value> {
        self.all();
        let mut heard = std::mem::take(&mut self.heard);
        heard.retain(|line| line.get("re").is_none());
        heard
    }

    /// Forgets what happened so far.
    pub fn forget(&mut self) {
        self.all();
        self.heard.clear();
    }

    /// Sends it a signal.
    #[allow(unsafe_code)]
    pub fn signal(&self, signal: i32) {
        let pid = i32::try_from(self.child.id()).unwrap();
        // SAFETY: kill takes two numbers; the child is ours and not yet waited for, so the pid is its own.
        unsafe { libc::kill(pid, signal) };
    }

    fn story(&self) -> String {
        let lines: Vec<String> = self
            .heard
            .iter()
            .map(|line| {
                let text = line.to_string();
                text.chars().take(400).collect()
            })
            .collect();
        lines.join("\n  ")
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(output: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let Ok(line) = serde_json::from_str(&line) else { continue };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
