//! The servers as child processes, on their core, with their logs in files.

use std::{
    fs::File,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant as Stopwatch},
};

use crate::{
    connection::{Connection, tcp},
    failure::{Failure, While as _},
    requests,
};

/// Longest that a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at whether it is up.
const LOOK: Duration = Duration::from_millis(1);

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    /// While this is open, the server knows that somebody wants it.
    stdin: Option<ChildStdin>,
}

/// A command that runs on that core, if one is given.
pub(crate) fn on_core(core: Option<usize>, program: &Path) -> Command {
    match core {
        // It becomes the program: same process, same id.
        Some(core) => {
            let mut command = Command::new("taskset");
            command.arg("--cpu-list").arg(core.to_string()).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// A port that was free a moment ago.
///
/// # Errors
/// When the machine has none.
pub(crate) fn free_port() -> Result<u16, Failure> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(address.during("looking for a free port")?.port())
}

impl Server {
    /// Starts a server; what it prints goes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(mut command: Command, log: &Path) -> Result<Self, Failure> {
        let output = File::create(log).during(log.display())?;
        let errors = output.try_clone().during(log.display())?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .during("starting a server")?;
        let stdin = child.stdin.take();
        Ok(Self { child, stdin })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `is_up`, and gives how long that took from `began` on.
    ///
    /// # Errors
    /// When the server ends, or takes too long.
    #[expect(
        clippy::disallowed_methods,
        reason = "that another process is up is no event of ours; a millisecond is finer than what is measured"
    )]
    pub(crate) fn wait(
        &mut self,
        began: Stopwatch,
        mut is_up: impl FnMut() -> bool,
    ) -> Result<Duration, Failure> {
        loop {
            if is_up() {
                return Ok(began.elapsed());
            }
            let ended = self.child.try_wait().during("waiting for a server")?;
            if ended.is_some() || began.elapsed() > PATIENCE {
                return Err(Failure::new("a server did not come up; see its log"));
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // What it was doing is nobody's any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether somebody listens on that port.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Whether the operations listener on that port says that it is ready.
pub(crate) fn is_ready(port: u16) -> bool {
    tcp(port).is_ok_and(|stream| {
        Connection::new(stream)
            .exchange(&requests::operations(port, "/health/ready"))
            .is_ok_and(|answer| answer.status == 200)
    })
}

/// What the store of the platform counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    /// Statements that went to the database.
    pub(crate) statements: f64,
    /// Questions that requests had: those that were combined, and those that went alone.
    pub(crate) questions: f64,
}

impl Counts {
    /// From the metrics on that port.
    ///
    /// # Errors
    /// When they are not there.
    pub(crate) fn read(port: u16) -> Result<Self, Failure> {
        let mut connection = Connection::new(tcp(port)?);
        let answer = connection.exchange(&requests::operations(port, "/metrics"))?;
        let text = String::from_utf8_lossy(answer.body);
        let counter = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
                .ok_or_else(|| Failure::new(format!("the metrics hold no {name}")))
        };
        Ok(Self {
            statements: counter("concordat_store_statements_total ")?,
            questions: counter("concordat_store_questions_total ")?
                + counter("concordat_store_transactions_total ")?,
        })
    }
}
