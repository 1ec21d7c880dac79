//! Places by category: how many schools and workplaces have the speed, and which lack it.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{outputs, program::nittio, toyland};

/// Toyland where workplaces are listed too, a gigabit is asked for, and places have names.
fn listed() -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    // No column is for names in toyland; the one of words for the category serves.
    let text = text.replace("id = \"id\"\n", "id = \"id\"\nname = \"kategori\"\n");
    let more = "\n[[goals]]\nuse = \"eu-2030\"\n\n[categories]\nlisted = [\"school\", \"workplace\"]\n\n[support]\n";
    fs::write(path, text + more).unwrap();
    nittio(folder.path(), ["run"]).expect(0);
    folder
}

fn lacking(output: &Path) -> Vec<String> {
    let columns = ["id", "place_name", "category", "municipality_code", "matched", "best_down_mbps", "lacks_mbps"];
    let rows = outputs::csv(&output.join("lacking.csv"));
    rows.iter().map(|row| columns.map(|column| row[column].as_str()).join(" ")).collect()
}

#[test]
fn every_category_has_what_was_counted_by_hand() {
    let (out, _) = toyland::run();
    let rows = outputs::csv(&out.join("categories.csv"));
    let of = |level: &str, code: &str, category: &str| {
        let found = rows.iter().find(|row| {
            row["level"] == level
                && row["code"] == code
                && row["category"] == category
                && row["profile"] == "connected+passed"
                && row["measure"] == "down>=100 Mbit/s"
        });
        found.map(|row| ["total", "covered", "missing", "unmatched"].map(|column| row[column].as_str()).join(" "))
    };
    // P05, P12 and P15 in Västby, P10 in Östby; the school is P07, with exactly 100 Mbit/s.
    assert_eq!(of("municipality", "0001", "workplace").as_deref(), Some("3 2 1 0"));
    assert_eq!(of("municipality", "0002", "workplace").as_deref(), Some("1 0 1 0"));
    assert_eq!(of("municipality", "0002", "school").as_deref(), Some("1 1 0 0"));
    assert_eq!(of("municipality", "0001", "school"), None, "there is no school");
    assert_eq!(of("total", "", "workplace").as_deref(), Some("4 2 2 0"));
    assert_eq!(fs::read_to_string(out.join("lacking.csv")).unwrap().lines().count(), 1, "the school lacks nothing");
}

#[test]
fn the_listed_places_that_lack_a_speed_are_named() {
    let folder = listed();
    let out = folder.path().join("out");
    let expected = [
        "P07 skola school 0002 true 100 1000",
        "P10 arbetsställe workplace 0002 true  100;1000",
        "P12 arbetsställe workplace 0001 true  100;1000",
    ];
    assert_eq!(lacking(&out), expected);
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    let table = report.split("id=\"lacking-table\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert_eq!(table.matches("<th scope=\"row\">").count(), 2, "P10 and P12 lack 100 Mbit/s, P07 does not");
}

#[test]
fn lists_since_the_last_run_are_those_of_a_whole_one() {
    let folder = listed();
    let path = folder.path().join("nat.geojson");
    let text = fs::read_to_string(&path).unwrap();
    // Beta ends west of the school.
    fs::write(path, text.replace("[800, 200], [800, 400]", "[740, 200], [740, 400]")).unwrap();
    let ran = nittio(folder.path(), ["run", "--since", "out"]).expect(0);
    assert!(ran.stderr.contains("of 15 places joined anew; the rest is as in"), "{}", ran.stderr);
    nittio(folder.path(), ["run", "--output", "full"]).expect(0);
    let files = |name: &str| outputs::files(&folder.path().join(name));
    let (out, full) = (files("out"), files("full"));
    assert!(out.keys().eq(full.keys()));
    for (name, bytes) in full {
        assert!(out[&name] == bytes, "{name} differs");
    }
    let out = folder.path().join("out");
    assert_eq!(lacking(&out)[0], "P07 skola school 0002 true 30 100;1000");
    let eligible: Vec<String> = outputs::csv(&out.join("support.csv")).iter().map(|row| row["id"].clone()).collect();
    assert_eq!(eligible, ["P07", "P08", "P12"]);
}

#[test]
fn a_study_without_categories_says_so_and_has_no_list() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    nittio(folder.path(), ["run", "--project", "rules.toml"]).expect(0);
    let out = folder.path().join("out");
    let files = outputs::files(&out);
    assert!(!files.contains_key("categories.csv") && !files.contains_key("lacking.csv"));
    let report = String::from_utf8(files["report.html"].clone()).unwrap();
    assert!(report.contains("inte indelade i kategorier") && !report.contains("id=\"categories\""));
}

#[test]
fn the_public_edition_names_no_place() {
    let folder = listed();
    nittio(folder.path(), ["run", "--public"]).expect(0);
    let files = outputs::files(&folder.path().join("out"));
    assert!(!files.contains_key("public/lacking.csv") && !files.contains_key("public/categories.csv"));
    let report = String::from_utf8(files["public/report.html"].clone()).unwrap();
    assert!(!report.contains("lacking-table") && !report.contains("lacking.csv"));
    nittio(folder.path(), ["verify", "--public", "out/public"]).expect(0);
}
