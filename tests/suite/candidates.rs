//! Candidates: what is proposed was counted by hand (`datasets/toyland/README.md`), goes back into the study as it is, and changes
//! no figure but those of plans.

use std::{fs, path::Path};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    jonkoping, outputs,
    program::{nittio, root},
    tools::{output, python, tool},
};

const SETTINGS: &str = "
[candidates]
reach = \"120 m\"
least = 2
detour = \"130 %\"
unit_costs = \"costs.toml\"
kind = \"land\"
";

const COSTS: &str = "version = \"2026-1\"\n[kinds.land]\nsource = \"Made up\"\nfixed = \"1 000 kr\"\nper_metre = \"2,50 kr\"\n\
                     per_connected = \"100 kr\"\nconnected = \"60 %\"\n";

/// Toyland with these settings, in a folder of its own.
fn toyland(settings: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "toyland"]).expect(0);
    add(folder.path(), settings);
    fs::write(folder.path().join("costs.toml"), COSTS).unwrap();
    folder
}

fn add(folder: &Path, more: &str) {
    let path = folder.join("nittio.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + more).unwrap();
}

fn cells(folder: &Path, file: &str, columns: &[&str]) -> Vec<String> {
    let rows = outputs::csv(&folder.join(file));
    rows.iter().map(|row| columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn what_is_proposed_is_what_was_counted_by_hand() {
    let folder = toyland(SETTINGS);
    let ran = nittio(folder.path(), ["candidates"]).expect(0);
    let found = folder.path().join("candidates");
    let columns = ["project", "name", "kind", "status", "technology", "down_mbps", "code", "area", "settlement"];
    assert_eq!(
        cells(&found, "candidates.csv", &columns),
        ["0002-01 Östby 01 land candidate fibre 100 0002 Östby smaller_locality"]
    );
    let columns = ["places", "population", "households", "workplaces", "andel", "also_inside"];
    assert_eq!(cells(&found, "candidates.csv", &columns), ["2 3 1 2 2 0"]);
    // From P09 to P10 111.8 m, from P09 to P11, which has fibre, 180.3 m; 292.081 × 1.3 = 379.7.
    let columns = ["between_m", "to_network_m", "length_m", "cost_kr", "cost_kr_per_place", "cost_kr_per_household"];
    assert_eq!(cells(&found, "candidates.csv", &columns), ["112 181 380 2150 1075 2150"]);
    assert_eq!(
        cells(&found, "candidates-account.csv", &["code", "fate", "places", "population", "andel"]),
        ["0001 too-few 2 2 1.5", "0002 in-candidate 2 3 2", "0002 too-few 1 4 0.5"]
    );
    assert!(ran.stderr.contains("5 places lack 100 Mbit/s: 2 in 1 candidates; left out: 3 too-few"), "{}", ran.stderr);
    assert!(ran.stderr.contains("130 % of straight lines"), "{}", ran.stderr);
    let layers = output(tool("ogrinfo").args(["-so", "-al"]).arg(found.join("candidates.gpkg"))).expect(0).stdout;
    assert!(layers.contains("Layer name: candidates") && layers.contains("Layer name: routes"), "{layers}");
    assert!(!layers.contains("Warning") && layers.contains("Geometry: Multi Line String"), "{layers}");
    outputs::assert_whole(&outputs::files(&found));
}

#[test]
fn candidates_go_back_as_they_are_and_change_no_figure_but_those_of_plans() {
    let folder = toyland(SETTINGS);
    nittio(folder.path(), ["run", "--output", "before"]).expect(0);
    nittio(folder.path(), ["candidates"]).expect(0);
    let taken_back = "
[[footprints]]
path = \"candidates/candidates.gpkg\"
layer = \"candidates\"
operator = \"Kandidat\"
name = \"name\"
technology = { column = \"technology\" }
down = { column = \"down_mbps\" }
status = { column = \"status\" }
project = { column = \"project\" }

[[projects]]
path = \"candidates/candidates.csv\"
project = \"project\"
name = \"name\"
kind = { column = \"kind\" }
unit_costs = \"costs.toml\"
length = { column = \"length_m\" }

[[plans]]
key = \"most\"
aim = \"most\"
unit = \"households\"
budget = \"3 000 kr\"

[state_aid]

[support]
";
    let said = fs::read_to_string(folder.path().join("nittio.toml")).unwrap();
    add(folder.path(), "\n[state_aid]\n\n[support]\n");
    nittio(folder.path(), ["run", "--output", "before"]).expect(0);
    fs::write(folder.path().join("nittio.toml"), said + taken_back).unwrap();
    nittio(folder.path(), ["run", "--output", "after"]).expect(0);
    let (before, after) = (outputs::files(&folder.path().join("before")), outputs::files(&folder.path().join("after")));
    for name in [
        "indicators.csv",
        "goals.csv",
        "ranks.csv",
        "safety.csv",
        "reconciliation.csv",
        "state-aid.csv",
        "support-areas.csv",
        "support.csv",
        "categories.csv",
        "lacking.csv",
        "coverage.gpkg",
    ] {
        assert!(before.contains_key(name), "{name}");
        assert!(before.get(name) == after.get(name), "{name} is another one");
    }
    let columns = ["result", "projects", "cost_kr", "gained", "everything_gained"];
    assert_eq!(cells(&folder.path().join("after"), "plans.csv", &columns), ["best 1 2150 1 1"]);
    // Candidates of a study that has candidates are the same.
    nittio(folder.path(), ["candidates", "--output", "again"]).expect(0);
    for name in ["candidates.csv", "candidates-account.csv", "candidates.gpkg"] {
        let of = |folder_name: &str| fs::read(folder.path().join(folder_name).join(name)).unwrap();
        assert!(of("candidates") == of("again"), "{name}");
    }
}

#[test]
fn a_scenario_puts_a_candidate_in_service_only_by_its_name() {
    let folder = toyland(SETTINGS);
    nittio(folder.path(), ["candidates"]).expect(0);
    add(
        folder.path(),
        "
[[footprints]]
path = \"candidates/candidates.gpkg\"
layer = \"candidates\"
operator = \"Kandidat\"
down = { column = \"down_mbps\" }
status = { column = \"status\" }
project = { column = \"project\" }

[[scenarios]]
key = \"named\"
add = [{ projects = [\"0002-01\"] }]
",
    );
    nittio(folder.path(), ["run"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/scenarios.csv"));
    let of = |unit: &str| {
        let row = rows.iter().find(|row| row["scenario"] == "named" && row["level"] == "total" && row["unit"] == unit);
        row.map(|row| row["gained"].clone()).unwrap_or_default()
    };
    assert_eq!([of("households"), of("workplaces")], ["1", "2"], "those of P09 and P10");
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("projects = [\"0002-01\"]", "operators = [\"Kandidat\"]")).unwrap();
    let ran = nittio(folder.path(), ["run"]).expect(2);
    assert!(ran.stderr.contains("no service"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_proposed_is_said() {
    let fails = |settings: &str, costs: &str| {
        let folder = toyland(settings);
        fs::write(folder.path().join("costs.toml"), costs).unwrap();
        let ran = nittio(folder.path(), ["candidates"]).expect_error();
        assert!(!folder.path().join("candidates/candidates.csv").exists());
        ran.stderr
    };
    let said = fails("[candidates]\nnetwork_technologies = [\"satellite\"]\n", COSTS);
    assert!(said.contains("there is none: places that have 100 Mbit/s by satellite"), "{said}");
    let said = fails("[candidates]\nnetwork = \"platser.csv\"\n", COSTS);
    assert!(said.contains("points are needed"), "{said}");
    let said = fails(&SETTINGS.replace("\"land\"", "\"stad\""), COSTS);
    assert!(said.contains("there are no unit costs for \"stad\"; there are for land"), "{said}");
    let said = fails(SETTINGS, &COSTS.replace("per_metre = \"2,50 kr\"\n", ""));
    assert!(said.contains("does not say what a metre costs"), "{said}");
    let said = fails(SETTINGS, &COSTS.replace("connected = \"60 %\"\n", ""));
    assert!(said.contains("does not say how many are"), "{said}");
    let folder = toyland(SETTINGS);
    nittio(folder.path(), ["run"]).expect(0);
    let ran = nittio(folder.path(), ["candidates", "--output", "out"]).expect_error();
    assert!(ran.stderr.contains("holds other results"), "{}", ran.stderr);
}

#[test]
fn routes_begin_at_the_points_of_a_file_where_one_is_named() {
    let folder = toyland(&SETTINGS.replace("reach", "network = \"nodes.geojson\"\nreach"));
    let nodes = json!({ "type": "FeatureCollection", "features": [
        { "type": "Feature", "properties": {}, "geometry": { "type": "Point", "coordinates": [950, 310] } },
        { "type": "Feature", "properties": {}, "geometry": { "type": "MultiPoint", "coordinates": [[0, 0], [10, 10]] } },
    ] });
    fs::write(folder.path().join("nodes.geojson"), nodes.to_string()).unwrap();
    nittio(folder.path(), ["candidates"]).expect(0);
    // P10 is 40 m north of the first.
    assert_eq!(cells(&folder.path().join("candidates"), "candidates.csv", &["to_network_m", "length_m"]), ["40 198"]);
}

/// Roads of toyland, made up: one east past P10 and P09, one north past P11 from its end, and a third one.
fn roads(third: &serde_json::Value) -> Vec<serde_json::Value> {
    let line = |geometry: &serde_json::Value| json!({ "type": "Feature", "properties": {}, "geometry": geometry });
    vec![
        line(&json!({ "type": "LineString", "coordinates": [[900, 400, 12], [1100, 400, 14]] })),
        line(&json!({ "type": "MultiLineString", "coordinates": [[[1100, 600], [1100, 550], [1100, 400]]] })),
        line(third),
    ]
}

fn write_roads(folder: &Path, features: &[serde_json::Value]) {
    let roads = json!({ "type": "FeatureCollection", "features": features });
    fs::write(folder.join("roads.geojson"), roads.to_string()).unwrap();
}

#[test]
fn routes_follow_roads_and_are_straight_where_none_leads() {
    let folder = toyland(&SETTINGS.replace("reach", "roads = \"roads.geojson\"\nreach"));
    let found = folder.path().join("candidates");
    let columns = ["between_m", "to_network_m", "road_m", "drop_m", "off_road_m", "length_m", "cost_kr"];
    // P10 and P09 are 50 m from the road east, P11 50 m from the one north: 50 m between the first two, 100 to the corner, 150 north.
    // 300 + 1.3 × 150 = 495 metres. The third crosses the first on a bridge; by a way down from it, it would be 267.
    let bridge = json!({ "type": "LineString", "coordinates": [[1060, 390], [1100, 550]] });
    write_roads(folder.path(), &roads(&bridge));
    let ran = nittio(folder.path(), ["candidates"]).expect(0);
    assert_eq!(cells(&found, "candidates.csv", &columns), ["112 181 300 150 0 495 2438"]);
    let said = "routes follow roads.geojson; 0 of 1 have straight lines where no road leads, 0 m in all";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("on the roads of roads.geojson, and 130 % of straight lines off them"),
        "{}",
        ran.stderr
    );
    let layer = |name: &str| {
        let path = found.join("candidates.gpkg");
        output(tool("ogrinfo").args(["-al", path.to_str().unwrap(), name])).expect(0).stdout
    };
    let route = layer("routes");
    let drawn = "((950 400,1000 400,1100 400,1100 550),(950 350,950 400),(1000 450,1000 400),(1150 550,1100 550))";
    assert!(route.replace(", ", ",").contains(drawn), "{route}");

    // Now the third is a lane beside P10, which leads nowhere: from P10 to P09 it is 111.803 straight metres. P09 to P11 is 100 + 150 along
    // roads, 50 to them and 50 from them: 250 + 1.3 × 211.803 = 525.344. What is no line, or has no length, is dropped and told.
    let lane = json!({ "type": "LineString", "coordinates": [[900, 340], [940, 340]] });
    let mut features = roads(&lane);
    for geometry in [
        json!({ "type": "Point", "coordinates": [950, 350] }),
        json!(null),
        json!({ "type": "LineString", "coordinates": [[950, 350], [950, 350]] }),
    ] {
        features.push(json!({ "type": "Feature", "properties": {}, "geometry": geometry }));
    }
    write_roads(folder.path(), &features);
    let ran = nittio(folder.path(), ["candidates"]).expect(0);
    assert_eq!(cells(&found, "candidates.csv", &columns), ["112 181 250 100 112 526 2515"]);
    let said = "roads.geojson (3 of its 6 rows are no roads and were dropped); 1 of 1 have straight lines where no road leads, 112 m";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    outputs::assert_whole(&outputs::files(&found));
    let manifest = outputs::manifest(&found);
    let input = manifest["inputs"].as_array().unwrap().iter().find(|input| input["role"] == "roads").unwrap();
    assert_eq!([&input["rows"], &input["used"]], [&json!(6), &json!(3)], "{input}");

    // As a layer of a GeoPackage, in another order.
    features.reverse();
    write_roads(folder.path(), &features);
    let package = folder.path().join("roads.gpkg");
    for (name, more) in [("roads", "-overwrite"), ("others", "-update")] {
        let args = [more, "-f", "GPKG", "-a_srs", "EPSG:3006", "-nln", name];
        output(tool("ogr2ogr").args(args).arg(&package).arg(folder.path().join("roads.geojson"))).expect(0);
    }
    let path = folder.path().join("nittio.toml");
    let text = fs::read_to_string(&path).unwrap();
    let both = "roads = \"roads.gpkg\"\nroads_layer = \"roads\"";
    fs::write(&path, text.replace("roads = \"roads.geojson\"", both)).unwrap();
    nittio(folder.path(), ["candidates", "--output", "again"]).expect(0);
    let of = |of: &str| fs::read(folder.path().join(of).join("candidates.csv")).unwrap();
    assert!(of("candidates") == of("again"));

    // Drawn by hand: the road north begins 8 cm east of the end of the road east, and a lane ends on that between its vertices.
    fs::write(&path, &text).unwrap();
    let mut drawn = roads(&json!({ "type": "LineString", "coordinates": [[905, 600], [905, 400]] }));
    drawn[1]["geometry"]["coordinates"] = json!([[[1100, 600], [1100, 550], [1100.08, 400]]]);
    write_roads(folder.path(), &drawn);
    let ran = nittio(folder.path(), ["candidates"]).expect(0);
    // As with the bridge, and 0.08 m across the gap.
    assert_eq!(cells(&found, "candidates.csv", &columns), ["112 181 301 150 0 496 2440"]);
    assert!(ran.stderr.contains("3 of their ends, which miss another road by at most 10 cm"), "{}", ran.stderr);

    // A file without any road is refused.
    write_roads(folder.path(), &features[..3]);
    let ran = nittio(folder.path(), ["candidates"]).expect_error();
    assert!(ran.stderr.contains("has no roads: none of its 3 rows"), "{}", ran.stderr);
}

/// Three homes 50 metres north of a road east, of which the first has fibre; the road is a shapefile in degrees that does not say so.
#[test]
fn a_file_of_roads_may_be_told_its_crs() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let places: String = (0..3).map(|i| format!("p{i},{},6400050\n", 450_000 + 100 * i)).collect();
    fs::write(path("places.csv"), format!("id,e,n\n{places}")).unwrap();
    fs::write(path("offers.csv"), "place,operator\np0,Net\n").unwrap();
    let east = json!({ "type": "LineString", "coordinates": [[449_900, 6_400_000], [450_300, 6_400_000]] });
    write_roads(folder.path(), &[json!({ "type": "Feature", "properties": {}, "geometry": east })]);
    let args = ["-s_srs", "EPSG:3006", "-t_srs", "EPSG:4326"];
    output(tool("ogr2ogr").args(args).arg(path("vagar.shp")).arg(path("roads.geojson"))).expect(0);
    fs::remove_file(path("vagar.prj")).unwrap();
    let candidates = |more: &str| {
        let study = "[study]\nname = \"A\"\nas_of = 2024-12-31\n";
        let places = "[[places]]\npath = \"places.csv\"\nid = \"id\"\neasting = \"e\"\nnorthing = \"n\"\n";
        let service = "operator = { column = \"operator\" }\ntechnology = \"fibre\"\ndown = \"1 Gbit/s\"\n";
        let asked = "[candidates]\nreach = \"200 m\"\nleast = 2\nroads = \"vagar.shp\"\n";
        let offers = format!("[[offers]]\npath = \"offers.csv\"\nplace = \"place\"\n{service}");
        fs::write(path("nittio.toml"), [study, places, &offers, asked, more].concat()).unwrap();
        nittio(folder.path(), ["candidates"])
    };
    let ran = candidates("").expect(2);
    assert!(ran.stderr.contains("add roads_crs = \"EPSG:3006\", or what is right"), "{}", ran.stderr);
    let ran = candidates("roads_crs = \"EPSG:4326\"\n").expect(0);
    assert!(ran.stderr.contains("0 of 1 have straight lines where no road leads, 0 m"), "{}", ran.stderr);
    assert!(candidates("roads_crs = \"EPSG:3006\"\n").expect_error().stderr.contains("these look like degrees"));
}

#[test]
fn the_order_of_places_and_the_number_of_threads_do_not_matter() {
    let folder = toyland(SETTINGS);
    nittio(folder.path(), ["candidates", "--threads", "1"]).expect(0);
    let path = folder.path().join("platser.csv");
    let bytes = fs::read(&path).unwrap();
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    // The last row has the id of another one; which is first counts.
    let last = lines.len() - 1;
    lines[1..last].reverse();
    fs::write(&path, lines.concat()).unwrap();
    nittio(folder.path(), ["candidates", "--output", "back", "--threads", "2"]).expect(0);
    for name in ["candidates.csv", "candidates-account.csv", "candidates.gpkg"] {
        let of = |of: &str| fs::read(folder.path().join(of).join(name)).unwrap();
        assert!(of("candidates") == of("back"), "{name}");
    }
}

#[test]
fn the_candidates_of_jonkoping_are_those_that_its_study_has() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["candidates", "--example", "jonkoping"]).expect(0);
    for name in ["candidates.csv", "candidates.gpkg"] {
        let committed = fs::read(root().join("datasets/jonkoping").join(name)).unwrap();
        assert!(
            fs::read(folder.path().join("candidates").join(name)).unwrap() == committed,
            "{name} is not as committed"
        );
    }
    let (results, _) = jonkoping::run();
    let plans = cells(results, "plans.csv", &["plan", "result"]);
    assert!(plans.iter().all(|plan| plan.ends_with("best") || plan.ends_with("within-gap")), "{plans:?}");
    assert_eq!(plans.len(), 2);
}

#[test]
fn geopandas_finds_the_places_of_every_candidate_inside_its_outline() {
    let (results, _) = jonkoping::run();
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["candidates", "--example", "jonkoping"]).expect(0);
    let candidates = folder.path().join("candidates");
    let found = python("candidates.py", &[&candidates, results]);
    let rows = outputs::csv(&candidates.join("candidates.csv"));
    assert!(rows.len() > 20, "{}", rows.len());
    let account = outputs::csv(&candidates.join("candidates-account.csv"));
    let sum = |rows: &[outputs::Row], unit: &str| rows.iter().map(|row| row[unit].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(found["lacking"], json!([sum(&account, "places"), sum(&account, "population")]), "none is missing");
    let inside = account.iter().filter(|row| row["fate"] == "in-candidate").cloned().collect::<Vec<_>>();
    assert_eq!(sum(&inside, "places"), sum(&rows, "places"));
    assert_eq!(found["invalid"], json!(0));
    let own: Vec<u64> =
        rows.iter().map(|row| ["places", "also_inside"].map(|c| row[c].parse::<u64>().unwrap()).iter().sum()).collect();
    assert_eq!(found["inside"], json!(own), "places that lack 100 Mbit/s in each outline, as GEOS sees it");
    // Trees by scipy, metres rounded up by us.
    let far = |row: &outputs::Row, length: f64| (row["between_m"].parse::<f64>().unwrap() - length).abs() > 1.5;
    let lengths = found["trees"].as_array().unwrap().iter().map(|length| length.as_f64().unwrap());
    let wrong: Vec<_> =
        rows.iter().zip(lengths).filter(|(row, length)| row["also_inside"] == "0" && far(row, *length)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
