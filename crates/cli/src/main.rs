//! nittio counts which homes and workplaces a network reaches, and says so per kommun.

mod args;
mod command;
mod failure;
mod measured;
mod memory;
mod pdf;
mod plan_table;
mod progress;
mod project;
mod scenario_table;
mod table;
mod trend_table;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command, ReviewCommand};
use failure::Failure;

/// What a command that could do its work found.
enum Answer {
    /// Done, and nothing to object to.
    Yes,
    /// Done, and the answer is no: findings in the input, or a goal missed under `--fail-on`.
    No,
}

fn main() -> ExitCode {
    memory::give_back_what_is_large();
    let args = Args::parse();
    let result = match args.command {
        Command::Run(run) => command::run::run(&run),
        Command::Check(check) => command::check::check(&check),
        Command::Review(ReviewCommand::Export(export)) => command::review::export(&export),
        Command::Review(ReviewCommand::Import(import)) => command::review::import(&import),
        Command::Compare(compare) => command::compare::compare(&compare),
        Command::Plan(plan) => command::plan::plan(&plan),
        Command::Candidates(candidates) => command::candidates::candidates(&candidates),
        Command::Report(report) => command::report::report(&report),
        Command::Explain(explain) => command::explain::explain(&explain),
        Command::Index(index) => command::index::index(&index),
        Command::Verify(verify) => command::verify::verify(&verify),
        Command::Init(init) => command::init::init(&init),
        Command::Generate(generate) => command::generate::generate(&generate),
        Command::Bench(bench) => command::bench::bench(&bench),
        Command::Schema => command::schema(),
        Command::Completions { shell } => command::completions(shell),
    };
    match result {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        // A reader that has seen enough, such as `head`, is no failure.
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            failure::say(&failure);
            ExitCode::from(2)
        }
    }
}
