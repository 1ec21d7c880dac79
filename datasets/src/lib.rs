//! Small studies that need no download: embedded in the program, unpacked into any folder.
//!
//! What goes in: nothing. What comes out: a [`Dataset`], a list of files that make a complete study.
//! `README.md` in the folder of this crate says of each where it comes from and under which licence.
//!
//! ```
//! let folder = std::env::temp_dir().join("nittio-toyland");
//! nittio_datasets::toyland().unpack(&folder)?;
//! assert!(folder.join("nittio.toml").exists());
//! # Ok::<(), std::io::Error>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking"))]

#[cfg(feature = "generate")]
pub mod generate;

use std::{fs, io, path::Path};

/// A study and everything that it reads.
#[derive(Debug, Clone, Copy)]
pub struct Dataset {
    /// What to call it on the command line.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// The files: path relative to the study's folder, and content. The study file is `nittio.toml`.
    pub files: &'static [(&'static str, &'static [u8])],
}

macro_rules! files {
    ($folder:literal: $($file:literal)*) => {
        &[$(($file, include_bytes!(concat!("../", $folder, "/", $file)))),*]
    };
}

/// Jönköpings län: real borders and population, synthetic addresses and networks.
#[must_use]
pub fn jonkoping() -> Dataset {
    Dataset {
        name: "jonkoping",
        about: "Jönköpings län with 136 000 synthetic addresses and invented networks",
        files: files!("jonkoping":
            "README.md" "nittio.toml" "places.parquet" "offers.parquet" "fibre.geojson" "cable.geojson" "copper.geojson"
            "radio.geojson" "settlements.geojson" "kommuner.geojson" "folkmangd.csv" "projekt.csv" "unit-costs.toml"
            "candidates.gpkg" "candidates.csv"
        ),
    }
}

/// A land of fifteen places in which every figure can be counted by hand.
#[must_use]
pub fn toyland() -> Dataset {
    Dataset {
        name: "toyland",
        about: "an invented land of fifteen places in which every figure can be counted by hand",
        files: files!("toyland":
            "README.md" "drawing.svg" "nittio.toml" "platser.csv" "erbjudanden.csv" "nat.geojson" "kommuner.geojson"
            "orter.geojson" "folkmangd.csv" "n07900.json" "expected.csv" "rules.toml" "expected-rules.csv" "projekt.csv"
        ),
    }
}

/// All of them, the default first.
#[must_use]
pub fn all() -> Vec<Dataset> {
    vec![jonkoping(), toyland()]
}

impl Dataset {
    /// The content of one of the files.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&'static [u8]> {
        self.files.iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes)
    }

    /// Writes the files into a folder, which is made if it is not there. Files of the same names are replaced.
    ///
    /// # Errors
    /// When the folder or a file cannot be written; the message names the file.
    pub fn unpack(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder).map_err(|e| named(folder, &e))?;
        for (name, bytes) in self.files {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(|e| named(&path, &e))?;
        }
        Ok(())
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datasets_stay_small_enough_to_embed() {
        let size = |dataset: Dataset| dataset.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        assert!(size(jonkoping()) < 8_000_000, "{}", size(jonkoping()));
        assert!(size(toyland()) < 300_000, "{}", size(toyland()));
    }

    #[test]
    fn every_file_that_a_study_names_is_embedded() {
        for dataset in all() {
            let study = std::str::from_utf8(dataset.file("nittio.toml").unwrap()).unwrap();
            let named: Vec<&str> = study.lines().filter_map(|line| line.strip_prefix("path = ")).collect();
            assert!(!named.is_empty());
            for path in named {
                assert!(dataset.file(path.trim_matches('"')).is_some(), "{}: {path}", dataset.name);
            }
        }
    }

    #[test]
    fn embedded_geojson_is_json_and_has_features() {
        for dataset in all() {
            for (name, bytes) in dataset.files.iter().filter(|(name, _)| name.ends_with(".geojson")) {
                let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
                assert!(!value["features"].as_array().unwrap().is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn unpacking_writes_every_file_and_replaces_older_ones() {
        let folder = std::env::temp_dir().join(format!("nittio-datasets-{}", std::process::id()));
        let inner = folder.join("new/study");
        toyland().unpack(&inner).unwrap();
        std::fs::write(inner.join("nittio.toml"), "old").unwrap();
        toyland().unpack(&inner).unwrap();
        for (name, bytes) in toyland().files {
            assert_eq!(std::fs::read(inner.join(name)).unwrap(), *bytes, "{name}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn toyland_expects_total_to_be_covered_and_missing_and_unmatched() {
        let text = std::str::from_utf8(toyland().file("expected.csv").unwrap()).unwrap();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let figures: Vec<f64> = fields[9..13].iter().map(|f| f.parse().unwrap()).collect();
            assert!((figures[0] - figures[1..].iter().sum::<f64>()).abs() < 1e-9, "{line}");
        }
    }
}
