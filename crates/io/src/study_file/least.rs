//! The least study that is right, for tests that are about the rest of a study file.

use std::path::Path;

use super::load::{Loaded, parse};

/// Reads the least study; `places` are more lines about its places, and `more` comes after all of it. What is wrong is said.
pub(super) fn study_of(places: &str, more: &str) -> Result<Loaded, String> {
    let places = format!("[[places]]\npath = \"a.csv\"\nid = \"id\"\n{places}");
    let offers = "[[offers]]\npath = \"o.csv\"\nplace = \"id\"\noperator = \"X\"\n";
    let text = format!("[study]\nname = \"A\"\nas_of = 2024-12-31\n\n{places}\n{offers}\n{more}");
    parse(&text, Path::new("nittio.toml")).map_err(|errors| errors.to_string())
}

/// Reads the least study, with more after it.
pub(super) fn study(more: &str) -> Result<Loaded, String> {
    study_of("", more)
}
