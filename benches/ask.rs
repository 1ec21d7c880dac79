//! How long a question takes: a national country is made up, joined and saved, then opened and asked.
//!
//! ```text
//! cargo run --release -p nittio-benches --bin ask
//! cargo run --release -p nittio-benches --bin ask -- --places 140000 --scale 0.2
//! ```
//!
//! Opening and asking are timed apart: whoever asks several questions opens once. A question is typed, as on the command line, read,
//! posed and answered for every area. It ends with 1 when the median of any question is above the limit.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on the terminal")]

use std::{
    env,
    error::Error,
    fs,
    process::ExitCode,
    time::{Duration, Instant},
};

use nittio_core::{coverage::link_sets, index::CoverageIndex, layers::Layers, outcome::Plans};
use nittio_io::{
    ingest::{Opened, Quiet, Reading},
    join,
    saved::{self, Saved},
    scenario::Scenarios,
    study_file::load::load,
    write::staging::Staging,
};
use nittio_synth::{
    order::Order,
    write::{self as synth, Format, Settings},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a question may take.
const LIMIT: Duration = Duration::from_millis(50);

/// The questions, as a person types them.
const QUESTIONS: [&str; 3] = [
    "plans: add status=planned,under-construction",
    "without-4g: remove technology=lte",
    "faster: replace technology=lte,nr by down=\"100 Mbit/s\"",
];

const OPENED: usize = 5;
const ASKED: usize = 21;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("ask: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<bool> {
    let (places, scale) = arguments()?;
    let folder = tempfile::tempdir()?;
    let (country, out) = (folder.path().join("country"), folder.path().join("out"));
    eprintln!("making {places} places up, with {scale} of the footprints");
    let settings = Settings {
        places,
        seed: 1,
        scale,
        order: Order::Register,
        format: Format::Parquet,
        places_only: false,
        force: false,
    };
    synth::generate(&country, &settings, &())?;
    eprintln!("joining them");
    let loaded = load(&country.join("nittio.toml")).map_err(|errors| errors.to_string())?;
    {
        let reading = Reading::new(&loaded, &Quiet)?;
        let mut opened = Opened::new(&reading)?;
        let mut index = CoverageIndex::build(&opened.study);
        opened.forget_outlines();
        let joined = join::join(&opened, &mut index, None, &|_| {})?;
        let staging = Staging::new(&out)?;
        let (plans, layers) = (Plans::default(), Layers::default());
        let beside = saved::Beside { plans: &plans, lacking: None, layers: &layers, look: &[] };
        saved::write(&staging, &joined.basis(&opened), &beside, false)?;
        staging.commit(b"{}\n")?;
        println!("footprints         {:>12}", opened.footprints);
    }
    let bytes = fs::metadata(out.join(saved::NAME))?.len();
    println!("bytes saved        {bytes:>12}");

    let mut took = Vec::new();
    let mut saved = None;
    for _ in 0..OPENED {
        drop(saved.take());
        let start = Instant::now();
        saved = Some(Saved::open(&out)?);
        took.push(start.elapsed());
    }
    let saved = saved.ok_or("nothing was opened")?;
    let basis = saved.basis();
    println!("kinds of places    {:>12}", saved.kinds().len());
    println!("sets of services   {:>12}", link_sets(saved.kinds()));
    println!("threads            {:>12}", rayon::current_num_threads());
    say("open", &mut took);

    let mut fast = true;
    for question in QUESTIONS {
        let mut took = Vec::new();
        let mut moved = [0; 2];
        for _ in 0..ASKED {
            let start = Instant::now();
            let mut scenarios = Scenarios::of_basis(&basis);
            let keys = scenarios.add(&[question.to_owned()]).map_err(|errors| errors.to_string())?;
            let names: Vec<String> = ["base".to_owned()].into_iter().chain(keys).collect();
            let answer = basis.answer(&scenarios.contrasts(&names)?);
            took.push(start.elapsed());
            let whole = answer.compared.moved(0, 0, 0, 0);
            moved = [whole.gained, whole.lost];
        }
        let median = say(question, &mut took);
        println!("    {} places gained, {} lost", moved[0], moved[1]);
        fast &= median <= LIMIT;
    }
    if let Some(peak) = peak() {
        println!("peak memory, with the join {peak}");
    }
    println!("{} {} ms a question", if fast { "within" } else { "NOT within" }, LIMIT.as_millis());
    Ok(fast)
}

/// Prints the median, the shortest and the longest, and gives the median.
fn say(what: &str, took: &mut [Duration]) -> Duration {
    took.sort_unstable();
    let median = took[took.len() / 2];
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let (first, last) = (took[0], took[took.len() - 1]);
    println!("{what}: {:.1} ms ({:.1} to {:.1}, {} times)", ms(median), ms(first), ms(last), took.len());
    median
}

/// The most memory that the process has held, as the system says it.
fn peak() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}

fn arguments() -> Result<(u64, f64)> {
    let (mut places, mut scale) = (4_000_000, 1.0);
    let mut given = env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} has no value"))?;
        match name.as_str() {
            "--places" => places = value.parse()?,
            "--scale" => scale = value.parse()?,
            _ => return Err(format!("there is no {name}; there are --places and --scale").into()),
        }
    }
    Ok((places, scale))
}
