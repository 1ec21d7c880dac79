//! `nittio init`: a commented study file, or an example, in an empty folder.

use std::fs;

use nittio_io::study_file::{Locale, template::template};

use crate::{
    Answer,
    args::{InitArgs, Language},
    failure::{Failure, note},
    project,
};

/// Writes a study file that a person can fill in. Never overwrites one.
pub(crate) fn init(args: &InitArgs) -> Result<Answer, Failure> {
    let file = args.folder.join("nittio.toml");
    let failed = |source| Failure::File { path: file.clone(), source };
    if file.exists() {
        return Err(Failure::Said(format!("{} is there already; nothing was written", file.display())));
    }
    fs::create_dir_all(&args.folder).map_err(failed)?;
    if let Some(example) = args.example {
        project::dataset(example).unpack(&args.folder).map_err(failed)?;
        note(&format!("Wrote the example to {}. Now: nittio run --project {0}", args.folder.display()));
        return Ok(Answer::Yes);
    }
    let locale = match args.locale {
        Language::Sv => Locale::Sv,
        Language::En => Locale::En,
    };
    fs::write(&file, template(locale)).map_err(failed)?;
    note(&format!("Wrote {}. Say in it where your files are, then: nittio check, nittio run", file.display()));
    Ok(Answer::Yes)
}
