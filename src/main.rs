//! coupon-kiosk: parse, log, run; prints a last error and picks the exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use coupon_kiosk::cli::{self, Cli, Exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    coupon_kiosk::logging::init();
    let mut out = io::stdout().lock();
    let exit = cli::run(cli, &mut out).unwrap_or_else(|error| {
        // A reader that went away (`| head`) is no fault worth a word.
        if error
            .downcast_ref::<io::Error>()
            .is_none_or(|error| error.kind() != io::ErrorKind::BrokenPipe)
        {
            let told = writeln!(io::stderr(), "coupon-kiosk: {error:#}");
            drop(told);
        }
        Exit::SetUp
    });
    ExitCode::from(exit.code())
}
