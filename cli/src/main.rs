//! The binary: hands the command line to the library and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    autogen::run(std::env::args_os())
}
