//! The real program, serving in a process of its own: its lines, signals to it, and how it ends.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The program, and its lines as they come. Dropping it is SIGKILL.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Program {
    /// Starts it with the settings of that file.
    pub(crate) fn start(settings: &Path) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_concordat")), settings)
    }

    /// The same, by a shell that allows it so few open files, and may be asked for as many as there may be.
    pub(crate) fn start_with_open_files(settings: &Path, soft: u32, hard: u32) -> Self {
        let mut shell = Command::new("sh");
        let limits = format!("ulimit -Sn {soft} && ulimit -Hn {hard} && exec \"$0\" \"$@\"");
        shell.arg("-c").arg(limits).arg(env!("CARGO_BIN_EXE_concordat"));
        Self::run(shell, settings)
    }

    fn run(mut program: Command, settings: &Path) -> Self {
        let mut child = program
            .arg("--config")
            .arg(settings)
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| send.send(line))
        });
        Self {
            child,
            lines,
            seen: vec![],
        }
    }

    /// Reads until a line that fits.
    pub(crate) fn await_line(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.recv_timeout(testkit::PATIENCE).unwrap();
            let json = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            self.seen.push(line);
            if fits(&json) {
                return json;
            }
        }
    }

    /// Reads until a line that holds this text.
    pub(crate) fn await_text(&mut self, text: &str) -> Value {
        self.await_line(|line| line.to_string().contains(text))
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(told.success());
    }

    /// Waits until it is gone, `bound` at most: how it ended. Its output ends when it does.
    pub(crate) fn ended_within(&mut self, bound: Duration) -> ExitStatus {
        let until = Instant::now() + bound;
        loop {
            match self
                .lines
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("it is still there: {:#?}", self.seen),
            }
        }
    }

    /// Tells it to stop as an operator does, and reads the rest.
    pub(crate) fn stop(mut self) -> Vec<String> {
        self.signal("TERM");
        let status = self.ended_within(testkit::PATIENCE);
        assert!(status.success(), "{status}");
        std::mem::take(&mut self.seen)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port of a listener, as the line says that tells the addresses.
pub(crate) fn port(line: &Value, name: &str) -> String {
    let address = line["fields"][name]
        .as_str()
        .or_else(|| line[name].as_str())
        .unwrap_or_else(|| panic!("{line}"));
    address.rsplit_once(':').unwrap().1.to_owned()
}
