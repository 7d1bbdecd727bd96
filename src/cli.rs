//! The command line: one file a subcommand. `anyhow` and printing live here and in `main` alone.

mod cameras;
pub mod check;
mod code;
mod delay;
mod demo;
mod demo_online;
pub mod demo_window;
mod desk;
mod display;
mod doctor;
mod exit;
pub mod first_start;
mod fleet;
mod fleet_enrol;
mod fleet_provision;
mod hand_off;
pub mod journal;
mod journal_copy;
mod journal_seal;
mod journal_state;
mod kiosk_in_terminal;
mod lens;
mod office;
mod playing;
mod reconcile;
mod redeem;
pub mod run;
mod scan;
mod scan_device;
mod scan_live;
mod serve;
mod set_up;
mod stand_in_phone;
mod story;
mod support_bundle;
pub mod terminal;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{CommandFactory, Parser, Subcommand};

pub use exit::Exit;

/// Reads a Weixin coupon from a phone, shows it to the clerk, and redeems it once.
#[derive(Debug, Parser)]
#[command(name = "coupon-kiosk", version, after_help = EXAMPLES)]
pub struct Cli {
    /// The configuration's file
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The language: zh or en
    #[arg(long, global = true, value_name = "LANG", value_parser = ["zh", "en"])]
    lang: Option<String>,
    /// Results as JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  coupon-kiosk demo --story redeemed
  coupon-kiosk --config kiosk.toml run
  coupon-kiosk scan photo.jpg
  coupon-kiosk scan --device --for 10
  coupon-kiosk redeem --picture photo.jpg            look up only
  coupon-kiosk redeem --code 409632457895 --yes      look up and redeem
  coupon-kiosk journal list --last 20
  coupon-kiosk check
  coupon-kiosk doctor

Exit codes: 0 done, 1 refused or not found, 2 set-up or usage, 3 in doubt, 4 out of reach, 5 the journal is held";

const REDEEM_EXAMPLES: &str = "Examples:
  coupon-kiosk redeem --picture photo.jpg               look only, exit 0 where it may be redeemed
  coupon-kiosk redeem --picture photo.jpg --yes         redeem
  coupon-kiosk redeem --code '4096 3245 7895' --yes --json
  coupon-kiosk redeem --link 'https://shop.example/c?encrypt_code=...' --yes
  coupon-kiosk redeem --code PK0000397757 --card-id pFS7Fjg8kV1IdDz01r4SQwMkuCKc";

const SCAN_EXAMPLES: &str = "Examples:
  coupon-kiosk scan photo.jpg
  coupon-kiosk scan --json pictures/            a folder and what is below it
  coupon-kiosk scan --all --json photo.jpg      every code, with every pass
  coupon-kiosk scan --device --for 10           from the first camera that works";

const CODE_EXAMPLES: &str = "Examples:
  coupon-kiosk code query 409632457895
  coupon-kiosk code query 409632457895 --check-consume
  coupon-kiosk code decrypt 'https://shop.example/c?encrypt_code=...'";

const JOURNAL_EXAMPLES: &str = "Examples:
  coupon-kiosk journal list --last 20
  coupon-kiosk journal list --json --outcome in_doubt
  coupon-kiosk journal show q17
  coupon-kiosk journal export --from 2026-11-01 --bom > november.csv
  coupon-kiosk journal verify
  coupon-kiosk journal backup /media/stick/desk-2.sqlite
  coupon-kiosk journal seal --keep-days 400
  coupon-kiosk journal reconcile --for 120";

#[derive(Debug, Subcommand)]
enum Command {
    /// The kiosk's story on recorded answers
    Demo(demo::Args),
    /// The whole kiosk, live
    Run(run::Args),
    /// One redemption without a window
    #[command(after_help = REDEEM_EXAMPLES)]
    Redeem(redeem::Args),
    /// Codes in pictures, or before a camera
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(scan::Args),
    /// Cameras, their modes, and what would be taken
    Cameras,
    /// One harmless call of the card API
    #[command(after_help = CODE_EXAMPLES)]
    Code(code::Args),
    /// What was asked and redeemed
    #[command(subcommand, after_help = JOURNAL_EXAMPLES)]
    Journal(JournalCommand),
    /// The signed configuration that head office writes for many desks
    #[command(subcommand)]
    Fleet(fleet::Command),
    /// The page in Weixin's own browser, for the customers' phones
    Serve,
    /// The configuration, and what is wrong with it
    Check,
    /// What is wrong with this desk, one line a check, and what to do
    Doctor(doctor::Args),
    /// One file for whoever helps: doctor, configuration, journal and logs, without secrets
    SupportBundle(support_bundle::Args),
    /// Completions for a shell, to stdout
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// The man page, to stdout
    Man,
}

#[derive(Debug, Subcommand)]
enum JournalCommand {
    #[command(flatten)]
    Read(journal::Args),
    /// What a package's scripts ask before they change the program: schema and attempts in doubt
    State(journal_state::Args),
    /// A copy for another machine, made beside a running kiosk
    Backup(journal_copy::Args),
    /// Put a copy where this desk's journal is to be; there must be none yet
    Restore(journal_copy::Args),
    /// Put old records into an archive, and take them out of the journal; the kiosk must not run
    Seal(journal_seal::Args),
    /// Ask Weixin about what is in doubt, until it is settled
    Reconcile {
        /// How long, in seconds
        #[arg(long = "for", value_name = "SECS", default_value_t = 60)]
        patience: u64,
    },
}

fn run_journal(command: &JournalCommand, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    match command {
        JournalCommand::State(args) => journal_state::run(args, context),
        JournalCommand::Backup(args) => journal_copy::backup(args, context),
        JournalCommand::Restore(args) => journal_copy::restore(args, context),
        JournalCommand::Seal(args) => journal_seal::run(args, context),
        JournalCommand::Read(args) => {
            let books = set_up::books(context)?;
            let zone = &books.time_zone;
            let code = journal::run(args, &books.journal, zone, context.json, context.out)?;
            Ok(match code {
                0 => Exit::Done,
                1 => Exit::Refused,
                _ => Exit::SetUp,
            })
        }
        JournalCommand::Reconcile { patience } => {
            let config = set_up::configuration(context)?;
            reconcile::run(context, &config, Duration::from_secs(*patience))
        }
    }
}

/// What every subcommand may need.
struct Context<'a> {
    config: Option<PathBuf>,
    lang: Option<String>,
    json: bool,
    out: &'a mut dyn Write,
}

impl Context<'_> {
    /// The one answer of a command: an object for programs, a sentence for people.
    fn answer(&mut self, object: &serde_json::Value, sentence: &str) -> std::io::Result<()> {
        if self.json {
            writeln!(self.out, "{object}")
        } else {
            writeln!(self.out, "{sentence}")
        }
    }
}

/// Runs what was asked for.
pub fn run(cli: Cli, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut context = Context {
        config: cli.config,
        lang: cli.lang,
        json: cli.json,
        out,
    };
    match cli
        .command
        .unwrap_or_else(|| Command::Demo(demo::Args::default()))
    {
        Command::Demo(args) => demo::run(&args, &mut context),
        Command::Run(args) => run::run(&args, &mut context),
        Command::Redeem(args) => redeem::run(&args, &mut context),
        Command::Scan(args) => scan::run(&args, &mut context),
        Command::Cameras => cameras::run(&mut context),
        Command::Code(args) => code::run(&args, &mut context),
        Command::Journal(command) => run_journal(&command, &mut context),
        Command::Fleet(command) => fleet::run(&command, &mut context),
        Command::Serve => serve::run(&mut context),
        Command::Check => {
            let code = check::run(context.config.as_deref(), context.json, context.out)?;
            Ok(if code == 0 { Exit::Done } else { Exit::SetUp })
        }
        Command::Doctor(args) => doctor::run(&args, &mut context),
        Command::SupportBundle(args) => support_bundle::run(&args, &mut context),
        Command::Completions { shell } => {
            // By way of memory: it panics where its sink fails, such as `| head`.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "coupon-kiosk", &mut script);
            context.out.write_all(&script)?;
            Ok(Exit::Done)
        }
        Command::Man => {
            clap_mangen::Man::new(Cli::command()).render(context.out)?;
            Ok(Exit::Done)
        }
    }
}
