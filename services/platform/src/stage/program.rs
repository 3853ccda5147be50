//! This program as a child: a command that ends, or the server that stays until it is dropped.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
};

use super::{StageError, in_file};

/// Longest that the server may take to come up: it is ready within a second, on a machine that has one to spare.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest that it may take to finish what it is doing when it is told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// `concordat --config FILE`.
pub(crate) struct Program {
    executable: PathBuf,
    settings: PathBuf,
}

impl Program {
    /// This very program, with those settings.
    pub(super) fn new(settings: PathBuf) -> Result<Self, StageError> {
        let executable = std::env::current_exe().map_err(in_file(Path::new("concordat")))?;
        Ok(Self { executable, settings })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .arg("--config")
            .arg(&self.settings)
            .args(arguments)
            .kill_on_drop(true);
        // What overrides settings for the person who started us is not meant for this stage.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CONCORDAT__") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs a command to its end and gives what it printed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<String, StageError> {
        let output = self
            .command(arguments)
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(in_file(&self.executable))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(StageError::Command {
            command: format!("concordat {}", arguments.join(" ")),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Starts the server and waits until it listens. Its log goes to `server.log` in `folder`.
    pub(super) async fn serve(&self, folder: &Path) -> Result<Server, StageError> {
        let (log, errors) = (folder.join("server.log"), folder.join("server.err"));
        let mut child = self
            .command(&["serve", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&errors).map_err(in_file(&errors))?)
            .spawn()
            .map_err(in_file(&self.executable))?;
        let came_up = tokio::time::timeout(PATIENCE, listening(&mut child, &log)).await;
        match came_up.ok().flatten() {
            Some(addresses) => Ok(Server {
                stdin: child.stdin.take(),
                child,
                addresses,
                log,
            }),
            None => {
                let _ = child.kill().await;
                let reason = fs::read_to_string(&errors).unwrap_or_default();
                Err(StageError::Server {
                    reason: reason.trim().to_owned(),
                    log,
                })
            }
        }
    }
}

/// Copies the server's log to its file, and gives the addresses as soon as the log tells them.
async fn listening(child: &mut Child, log: &Path) -> Option<Addresses> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let mut file = tokio::fs::File::create(log).await.ok()?;
    let (found, addresses) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut found = Some(found);
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(addresses) = Addresses::from_log(&line)
                && let Some(found) = found.take()
            {
                let _ = found.send(addresses);
            }
            if file.write_all(format!("{line}\n").as_bytes()).await.is_err() {
                break;
            }
        }
        let _ = file.flush().await;
    });
    addresses.await.ok()
}

/// Where the listeners really are.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub(crate) struct Addresses {
    /// The public listener.
    pub(crate) public: SocketAddr,
    /// The mutual-TLS listener.
    pub(crate) mutual: SocketAddr,
    /// Health and metrics.
    pub(crate) operations: SocketAddr,
}

impl Addresses {
    /// Reads them from the one line of the log that tells them.
    fn from_log(line: &str) -> Option<Self> {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        let fields = line.get("fields")?;
        if fields.get("message")?.as_str()? != crate::serve::LISTENING {
            return None;
        }
        serde_json::from_value(fields.clone()).ok()
    }
}

/// The running platform. Dropping it kills it; [`Server::stop`] lets it finish.
pub(crate) struct Server {
    child: Child,
    /// While this is open, the server knows that somebody wants it. Apart from the child, whose `wait` would close it.
    stdin: Option<ChildStdin>,
    /// Where it listens.
    pub(crate) addresses: Addresses,
    /// What it prints.
    pub(crate) log: PathBuf,
}

impl Server {
    /// Waits until it ends by itself.
    pub(crate) async fn ended(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }

    /// Tells it to stop, waits until what it was doing is done, and gives how it ended.
    pub(crate) async fn stop(mut self) -> Option<ExitStatus> {
        drop(self.stdin.take());
        match tokio::time::timeout(FAREWELL, self.child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => {
                let _ = self.child.kill().await;
                None
            }
        }
    }
}
