//! What a report's page runs, for those who hold a page against it.

/// The script of the part that answers by itself.
pub const SCRIPT: &str = include_str!("../assets/live.js");

/// MapLibre GL JS, without the line that names a source map.
#[must_use]
pub fn library() -> &'static str {
    let whole = include_str!("../vendor/maplibre/maplibre-gl.js");
    whole.rsplit_once("\n//# sourceMappingURL").map_or(whole, |(script, _)| script)
}

/// The names of the words that the script is given.
#[must_use]
pub fn words() -> Vec<&'static str> {
    crate::compose::live_words()
}
