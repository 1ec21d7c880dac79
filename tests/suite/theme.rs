//! A report in the colours of a theme file, and themes that not everybody could read.

use std::fs;

use tempfile::TempDir;

use crate::{
    outputs,
    program::{nittio, root},
    toyland,
};

/// The theme that `docs/theme.md` shows.
fn shown() -> String {
    let text = fs::read_to_string(root().join("docs/theme.md")).unwrap();
    text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_documented_theme_colours_page_and_pictures_and_changes_no_figure() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("region.toml"), shown()).unwrap();
    nittio(folder.path(), ["run", "--example", "toyland", "--theme", "region.toml"]).expect(0);
    let (ours, plain) = (outputs::files(&folder.path().join("out")), outputs::files(&toyland::run().0));
    assert!(ours.keys().eq(plain.keys()));
    let has = |files: &std::collections::BTreeMap<String, Vec<u8>>, name: &str, colour: &str| {
        String::from_utf8_lossy(&files[name]).to_lowercase().contains(colour)
    };
    // Bars and classes of maps, nittio's and the theme's.
    for (name, default, themed) in [
        ("pictures/ranking.svg", "#c86a1e", "#d9731f"),
        ("pictures/map.svg", "#57a0c0", "#549f92"),
        ("report.html", "#c86a1e", "#d9731f"),
    ] {
        assert!(has(&plain, name, default) && !has(&plain, name, themed), "{name} without a theme");
        assert!(has(&ours, name, themed) && !has(&ours, name, default), "{name} with a theme");
    }
    assert!(has(&ours, "report.html", "--deep: #003b34"));
    assert!(ours["pictures/ranking.png"] != plain["pictures/ranking.png"]);
    let drawn = |name: &&String| name.starts_with("pictures/") || name.ends_with(".html");
    for name in ours.keys().filter(|name| !drawn(name)) {
        assert!(name == "manifest.json" || ours[name] == plain[name], "{name}");
    }
}

#[test]
fn a_theme_that_not_everybody_can_read_is_refused_before_anything_is_done() {
    let folder = TempDir::new().unwrap();
    let pale = "[colours]\nmuted = \"#999999\"\nmet = \"#7a8038\"\nmissed = \"#c05a50\"\n";
    fs::write(folder.path().join("pale.toml"), pale).unwrap();
    let ran = nittio(folder.path(), ["run", "--example", "toyland", "--theme", "pale.toml"]).expect_error();
    // By WCAG's formula, #999999 on white is 2.85 to 1.
    assert!(ran.stderr.contains("colours.muted (#999999) has a contrast of 2.85 to 1"), "{}", ran.stderr);
    assert!(ran.stderr.contains("deuteranopia"), "{}", ran.stderr);
    assert!(!folder.path().join("out").exists());
    let ran = nittio(folder.path(), ["run", "--example", "toyland", "--theme", "none.toml"]).expect_error();
    assert!(ran.stderr.contains("none.toml"), "{}", ran.stderr);
}
