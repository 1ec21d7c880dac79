//! Makes the synthetic part of `datasets/jonkoping`: `make-jonkoping [FOLDER]`.
//!
//! The folder holds `kommuner.geojson` and `localities.csv`; the other data files are written beside them.

use std::{fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/jonkoping")), PathBuf::from);
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let files = nittio_datasets::generate::jonkoping(&read("kommuner.geojson")?, &read("localities.csv")?)?;
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
