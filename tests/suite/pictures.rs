//! Pictures: for a page, for slides and for print; and what those of plans say, which was counted by hand.

use std::{collections::BTreeMap, fs};

use tempfile::TempDir;

use crate::{outputs, program::nittio};

type Files = BTreeMap<String, Vec<u8>>;

/// A number of four bytes in a PNG.
fn number(png: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(png[at..at + 4].try_into().unwrap())
}

/// Names in a folder of pictures, without folders in it.
fn names<'f>(files: &'f Files, folder: &str) -> Vec<&'f str> {
    files.keys().filter_map(|name| name.strip_prefix(folder)).filter(|name| !name.contains('/')).collect()
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(inside, _)| inside)
}

/// The words of a picture's title.
fn title(files: &Files, name: &str) -> String {
    let text = String::from_utf8(files[name].clone()).unwrap();
    let element = between(&text, "<title", "</title>");
    element.split_once('>').map_or("", |(_, words)| words).replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn every_figure_is_drawn_for_slides_and_for_print_in_both_editions_and_drawn_again_the_same() {
    let folder = TempDir::new().unwrap();
    let sizes = ["--pictures", "page,slides,print"];
    nittio(folder.path(), ["run", "--example", "toyland", "--public"].iter().chain(&sizes)).expect(0);
    let out = folder.path().join("out");
    let all = outputs::files(&out);
    for edition in ["", "public/"] {
        let pages = names(&all, &format!("{edition}pictures/"));
        assert!(pages.contains(&"map.svg") && pages.contains(&"ranking.png"), "{pages:?}");
        for (size, width, dots) in [("slides", 1920, 5669), ("print", 1890, 11_811)] {
            let of_size = format!("{edition}pictures/{size}/");
            assert_eq!(names(&all, &of_size), pages);
            for name in pages.iter().filter(|name| name.ends_with(".png")) {
                let png = &all[&format!("{of_size}{name}")];
                assert_eq!(number(png, 16), width, "{size}/{name}");
                // Slides are 16 to 9; a print is no higher than the text of an A4 page, 247 mm.
                assert!(if size == "slides" { number(png, 20) == 1080 } else { number(png, 20) <= 2918 }, "{name}");
                // After the head: how many pixels make a metre, 144 and 300 to an inch.
                assert_eq!(&png[37..41], b"pHYs");
                assert_eq!((number(png, 41), number(png, 45), png[49]), (dots, dots, 1), "{size}/{name}");
            }
            for name in pages.iter().filter(|name| name.ends_with(".svg")) {
                let picture = format!("{of_size}{name}");
                assert_eq!(title(&all, &picture), title(&all, &format!("{edition}pictures/{name}")));
                assert!(!String::from_utf8_lossy(&all[&picture]).contains("<text"), "letters are outlines");
            }
        }
    }
    nittio(folder.path(), ["verify", "--public", "out/public"]).expect(0);
    fs::remove_dir_all(out.join("pictures")).unwrap();
    nittio(folder.path(), ["report", "--only", "pictures"].iter().chain(&sizes)).expect(0);
    assert!(outputs::files(&out) == all);
}

#[test]
fn the_study_file_says_what_pictures_are_for_and_the_command_line_says_otherwise() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n[report]\npictures = [\"slides\"]\n")).unwrap();
    nittio(folder.path(), ["run"]).expect(0);
    let all = outputs::files(&folder.path().join("out"));
    assert!(names(&all, "pictures/").is_empty() && names(&all, "pictures/slides/").contains(&"map.png"));
    nittio(folder.path(), ["run", "--pictures", "print", "--output", "print"]).expect(0);
    let all = outputs::files(&folder.path().join("print"));
    assert!(names(&all, "pictures/slides/").is_empty() && names(&all, "pictures/print/").contains(&"map.png"));
    fs::write(&path, format!("{text}\n[report]\npictures = [\"slide\"]\n")).unwrap();
    let said = nittio(folder.path(), ["run"]).expect_error().stderr;
    assert!(said.contains("slide") && said.contains("slides"), "{said}");
}

#[test]
fn the_way_to_the_goal_is_as_counted_by_hand() {
    // README.md: 9 of 15 households have 100 Mbit/s, 10 with plans until 2026; 90 per cent are 14.
    let all = outputs::files(&crate::toyland::run().0);
    let said = title(&all, "pictures/path.svg");
    assert!(said.contains("Planerna räcker inte: 4 hushåll återstår till målet 90 %"), "{said}");
    let page = String::from_utf8(all["report.html"].clone()).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    let table = between(&page, "<table id=\"path-table\"", "</table>");
    for cell in [">60,0 %<", ">9<", ">66,7 %<", ">+1<", ">90 %<", ">4<"] {
        assert!(table.contains(cell), "{cell} in {table}");
    }
}

#[test]
fn the_map_and_the_years_of_a_plan_say_what_was_counted_by_hand() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let path = folder.path().join("rules.toml");
    let text = fs::read_to_string(&path).unwrap();
    // The project costs 14 000 kronor once others have paid: the first year has one too few.
    let years = "years = { 2025 = \"13 999 kr\", 2026 = \"14 000 kr\" }";
    fs::write(&path, text.replace("budget = \"15 000 kr\"", years)).unwrap();
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let all = outputs::files(&folder.path().join("out"));
    let map = title(&all, "pictures/plan-1-map.svg");
    assert!(map.contains("Planen bygger bara i Östby, och når 3 invånare"), "{map}");
    // 23 of 32 have it then, and 90 per cent are 29.
    let said = title(&all, "pictures/plan-1-years.svg");
    assert!(said.contains("Efter sista året återstår 6 invånare till målet 90 %"), "{said}");
    let page = String::from_utf8(all["report.html"].clone()).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    let table = between(&page, "<table id=\"plan-1-years-table\"", "</table>");
    let rows: Vec<&str> = table.split("<tr>").filter(|row| row.contains("scope=\"row\"")).collect();
    assert_eq!(rows.len(), 2, "{table}");
    for (row, cells) in rows
        .iter()
        .zip([["2025", ">0<", ">20<", ">62,5 %<", ">0 kr<"], ["2026", ">3<", ">23<", ">71,9 %<", ">14 000 kr<"]])
    {
        assert!(cells.iter().all(|cell| row.contains(cell)), "{cells:?} in {row}");
    }
}
