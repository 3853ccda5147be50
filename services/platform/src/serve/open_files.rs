//! Connections are open files, and a process has a limit of them: without care a thousand idle connections of one caller would leave
//! none for the database (N01).

use super::limits;

/// For everything but callers' connections: the database, callbacks, lookups, files.
const OURS: u64 = 512;

/// The soft limit, often 1,024, is there for programs that use `select(2)`, which we do not. Takes what we may have, and returns how
/// much that is.
pub(super) fn raise() -> u64 {
    rlimit::increase_nofile_limit(rlimit::INFINITY).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files could not be raised");
        rlimit::Resource::NOFILE.get_soft().unwrap_or_default()
    })
}

/// Connections of each worker of each listener, so that all of them together leave [`OURS`].
pub(super) fn connections(open_files: u64, listeners: usize, workers: usize) -> usize {
    let sharing = (listeners * workers).max(1);
    let room = usize::try_from(open_files.saturating_sub(OURS)).unwrap_or(usize::MAX);
    let each = (room / sharing).clamp(1, limits::CONNECTIONS);
    if each < limits::CONNECTIONS {
        tracing::warn!(
            open_files,
            each,
            "few open files: each worker takes fewer connections"
        );
    }
    each
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n01_callers_leave_files_for_us() {
        for (open_files, sharing, each) in [
            (1_048_576, 4, 10_000),
            (4_096, 4, 896),
            (1_024, 2, 256),
            (100, 8, 1),
            (0, 1, 1),
        ] {
            assert_eq!(
                connections(open_files, 2, sharing / 2),
                each.max(1),
                "{open_files}"
            );
        }
    }
}
