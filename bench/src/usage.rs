//! What Linux tells of processes: CPU time and resident memory, from `/proc`.

use std::{fs, time::Duration};

use crate::failure::{Failure, While as _};

/// Length of a clock tick in `/proc/PID/stat`: the kernel promises a hundred a second to programs, whatever its own.
const TICK: Duration = Duration::from_millis(10);

/// The fields of `/proc/PID/stat` that matter here.
struct Stat {
    parent: u32,
    /// utime and stime.
    own_ticks: u64,
    /// Those of children that have ended and were waited for.
    ended_ticks: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may hold anything; the third follows the last one.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |position: usize| fields.get(position - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        own_ticks: number(14)? + number(15)?,
        ended_ticks: number(16)? + number(17)?,
    })
}

fn pids() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// A Postgres cluster on this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cluster {
    postmaster: u32,
}

impl Cluster {
    /// The cluster whose server was started on this port (`postgres ... -p PORT`, as `pg_ctl` and `scripts/postgres` do).
    ///
    /// # Errors
    /// When there is none: a database elsewhere shows its CPU to nobody here.
    pub(crate) fn find(port: u16) -> Result<Self, Failure> {
        let port = port.to_string();
        let is_it = |pid: &u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let words: Vec<&[u8]> = line.split(|&byte| byte == 0).collect();
            words
                .first()
                .is_some_and(|program| program.ends_with(b"postgres"))
                && words
                    .windows(2)
                    .any(|pair| matches!(pair, [b"-p", value] if *value == port.as_bytes()))
        };
        pids()
            .find(is_it)
            .map(|postmaster| Self { postmaster })
            .ok_or_else(|| Failure::new(format!("no Postgres of this machine was started with -p {port}")))
    }

    /// CPU time of all its processes, those that have ended too.
    pub(crate) fn cpu(self) -> Duration {
        let ticks: u64 = pids()
            .filter_map(|pid| Some((pid, stat(pid)?)))
            .map(|(pid, stat)| {
                if pid == self.postmaster {
                    stat.own_ticks + stat.ended_ticks
                } else if stat.parent == self.postmaster {
                    stat.own_ticks
                } else {
                    0
                }
            })
            .sum();
        duration(ticks)
    }
}

fn duration(ticks: u64) -> Duration {
    TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// CPU time of one process, all threads.
pub(crate) fn cpu(pid: u32) -> Duration {
    duration(stat(pid).map_or(0, |stat| stat.own_ticks))
}

/// Resident memory of a process in MiB (`VmRSS`).
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident_mebibytes(pid: u32) -> Result<f64, Failure> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).during("reading the server's memory")?;
    text.lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .trim()
                .strip_suffix(" kB")?
                .parse::<f64>()
                .ok()
        })
        .map(|kibibytes| kibibytes / 1024.0)
        .ok_or_else(|| Failure::new("the server has ended"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_has_a_parent_and_memory() {
        let own = stat(std::process::id()).unwrap();
        assert!(own.parent > 0);
        assert!(resident_mebibytes(std::process::id()).unwrap() > 0.5);
    }
}
