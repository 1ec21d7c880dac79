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
        // The saved result keeps the theme, to be drawn again in it.
        let tells = name == "manifest.json" || name == "result.nittio";
        assert!(tells || ours[name] == plain[name], "{name}");
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

/// A theme with nittio's own typeface as if it were another's, and a green logo.
fn look(folder: &std::path::Path, logo: &str) {
    let look = folder.join("look");
    fs::create_dir_all(&look).unwrap();
    for file in ["Inter-Regular.ttf", "Inter-SemiBold.ttf"] {
        fs::copy(root().join("crates/report/fonts").join(file), look.join(file)).unwrap();
    }
    fs::write(look.join("logo.svg"), logo).unwrap();
    let theme = "[fonts]\nregular = \"Inter-Regular.ttf\"\nbold = \"Inter-SemiBold.ttf\"\n\n[logo]\nfile = \"logo.svg\"\nalt = \"Region Lek\"\n";
    fs::write(look.join("region.toml"), theme).unwrap();
}

const GREEN: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"><rect width=\"40\" height=\"20\" fill=\"#00594f\"/></svg>";

#[test]
fn the_study_file_names_a_theme_with_typeface_and_logo_and_the_report_is_drawn_again_without_its_files() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    look(folder.path(), GREEN);
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n[report]\ntheme = \"look/region.toml\"\npictures = [\"page\", \"slides\"]\n"))
        .unwrap();
    nittio(folder.path(), ["run", "--public"]).expect(0);
    nittio(folder.path(), ["verify", "--public", "out/public"]).expect(0);
    let out = folder.path().join("out");
    let ours = outputs::files(&out);
    for name in ["report.html", "public/report.html", "kommun/0001.html"] {
        let page = String::from_utf8_lossy(&ours[name]);
        assert!(page.contains("alt=\"Region Lek\"") && page.contains("data:font/sfnt;base64,"), "{name}");
    }
    // The same letters in the same files are the same pixels.
    assert!(ours["pictures/ranking.png"] == outputs::files(&toyland::run().0)["pictures/ranking.png"]);
    let slide = String::from_utf8_lossy(&ours["pictures/slides/ranking.svg"]);
    assert!(slide.contains("<image") && !String::from_utf8_lossy(&ours["pictures/ranking.svg"]).contains("<image"));
    fs::remove_dir_all(folder.path().join("look")).unwrap();
    fs::remove_dir_all(out.join("pictures")).unwrap();
    fs::remove_file(out.join("report.html")).unwrap();
    nittio(folder.path(), ["report"]).expect(0);
    assert!(outputs::files(&out) == ours);
    // Named on the command line, another goes before it.
    fs::write(folder.path().join("plain.toml"), "[colours]\n").unwrap();
    nittio(folder.path(), ["report", "--theme", "plain.toml", "--output", "plain"]).expect(0);
    let plain = outputs::files(&folder.path().join("plain"));
    assert!(!String::from_utf8_lossy(&plain["report.html"]).contains("Region Lek"));
    // The page about two results is in the look of the last, unless another is named.
    let trend = |more: &[&str]| {
        nittio(folder.path(), [&["compare", "out", "out", "--report", "trend"], more].concat()).expect(0);
        outputs::files(&folder.path().join("trend"))
    };
    let (kept, named) = (trend(&[]), trend(&["--theme", "plain.toml"]));
    let has_logo = |page: &[u8]| String::from_utf8_lossy(page).contains("alt=\"Region Lek\"");
    assert!(has_logo(&kept["trend.html"]) && !has_logo(&named["trend.html"]));
}

#[test]
fn a_logo_that_loads_something_is_refused_with_its_line_before_anything_is_done() {
    let folder = TempDir::new().unwrap();
    look(
        folder.path(),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"2\">\n<script>1</script>\n</svg>",
    );
    fs::remove_file(folder.path().join("look/Inter-SemiBold.ttf")).unwrap();
    let ran = nittio(folder.path(), ["run", "--example", "toyland", "--theme", "look/region.toml"]).expect_error();
    assert!(ran.stderr.contains("fonts.bold: Inter-SemiBold.ttf: there is no such file in look"), "{}", ran.stderr);
    assert!(ran.stderr.contains("logo.file: line 2: <script> may not be in a logo; take it out"), "{}", ran.stderr);
    assert!(!folder.path().join("out").exists());
}
