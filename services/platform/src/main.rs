//! The program `concordat`. Everything is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    platform::command::main()
}
