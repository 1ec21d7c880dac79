//! The whole way from a study to a page and pictures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_docs_in_private_items,
    reason = "tests fail by panicking"
)]

mod fixture;

use std::collections::BTreeSet;

use fixture::{Sketch, goals, grid, outcome};
use nittio_core::{outcome::Outcome, quantity::Share, reconcile::Reconciliation, safety::Safety, unit::Unit};
use nittio_report::{
    Locale, Settings, compose,
    render::{self, Size},
};

fn settings(locale: Locale) -> Settings {
    Settings { locale, level: "municipality".to_owned(), goal: 0, unit: Unit::Population, lacking: None }
}

fn sketch() -> Sketch {
    let names = ["Alpha", "Beta", "Gamma", "Delta"];
    Sketch { places_per_area: 60, ..Sketch::new("Study", grid(2, 2, 20_000.0, |i| names[i].to_owned())) }
}

fn page(outcome: &Outcome, locale: Locale) -> String {
    render::html(&compose(outcome, &settings(locale))).unwrap()
}

/// The tags of a page, without comments and without what stands in style elements.
fn tags(html: &str) -> Vec<&str> {
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    [head, body]
        .into_iter()
        .flat_map(|text| text.split('<').skip(1))
        .map(|tag| tag.split_once('>').unwrap().0)
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split_once('"').map(|(value, _)| value)
}

/// The words of a page, without tags, styles and addresses.
fn words(html: &str) -> String {
    let body = html.split_once("</style>").unwrap().1;
    body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_asks_nothing_of_the_network() {
    for locale in [Locale::Sv, Locale::En] {
        let html = page(&outcome(&sketch()), locale);
        for tag in tags(&html) {
            assert!(!tag.starts_with("script") && !tag.starts_with("img") && !tag.starts_with("iframe"), "{tag}");
            assert!(attribute(tag, "src").is_none(), "{tag}");
            if let Some(address) = attribute(tag, "href") {
                let inside = address.starts_with('#') || address == "data:,";
                assert!(inside || tag.starts_with("a "), "{tag}");
            }
        }
        let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(!style.contains("@import") && !style.contains("http"), "the style loads nothing");
        assert_eq!(style.matches("url(").count(), style.matches("url(data:font/woff2;base64,").count());
    }
}

#[test]
fn the_page_is_well_formed_and_its_references_exist() {
    let html = page(&outcome(&sketch()), Locale::Sv);
    let void = ["meta", "link", "!DOCTYPE", "br", "img"];
    let mut open: Vec<&str> = Vec::new();
    let (mut ids, mut wanted, mut headings) = (BTreeSet::new(), Vec::new(), Vec::new());
    for tag in tags(&html) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "…{open:?}");
        } else if !tag.ends_with('/') && !void.contains(&name) {
            open.push(name);
        }
        if let Some(id) = attribute(tag, "id") {
            assert!(ids.insert(id), "{id} stands twice");
        }
        for reference in ["aria-labelledby", "aria-describedby"] {
            wanted.extend(attribute(tag, reference).into_iter().flat_map(str::split_whitespace));
        }
        wanted.extend(attribute(tag, "href").and_then(|address| address.strip_prefix('#')));
        if !tag.starts_with('/') {
            headings.extend(name.strip_prefix('h').and_then(|level| level.parse::<u32>().ok()));
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for id in wanted {
        assert!(ids.contains(id), "{id} is referred to");
    }
    assert_eq!(headings.iter().filter(|&&level| level == 1).count(), 1);
    assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no heading level is skipped: {headings:?}");
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"sv\">"));
}

#[test]
fn the_same_outcome_gives_the_same_bytes() {
    let all = |outcome: &Outcome| {
        let report = compose(outcome, &settings(Locale::Sv));
        let pictures = render::pictures(&report, &[Size::Page]).unwrap();
        (render::html(&report).unwrap(), pictures.into_iter().map(|p| (p.name, p.svg, p.png)).collect::<Vec<_>>())
    };
    assert_eq!(all(&outcome(&sketch())), all(&outcome(&sketch())));
}

/// Two areas of ten and four inhabitants, counted by hand: nine and two of them are reached.
#[test]
fn the_page_says_what_was_counted_by_hand() {
    use geo::polygon;
    use jiff::civil::date;
    use nittio_core::{
        area::{Area, Level},
        assessment::assess,
        coverage::join,
        diagnostic::SourceRow,
        footprint::Footprint,
        index::CoverageIndex,
        indicator::{evaluate, measures},
        offer::Offers,
        outcome::Provenance,
        place::{Places, UnitColumn},
        profile::Profile,
        quantity::Speed,
        service::{Link, Reach, Service, Services, Status, Technology},
        study::{Frame, ScaledUnit, Study},
        tally::Tally,
    };
    let square = |x: f64, width: f64| {
        geo::MultiPolygon(vec![
            polygon![(x: x, y: 0.0), (x: x + width, y: 0.0), (x: x + width, y: 10.0), (x: x, y: 10.0)],
        ])
    };
    let mut services = Services::default();
    let service = services.intern(Service {
        operator: "A".to_owned(),
        owner: None,
        technology: Technology::Fibre,
        down: Some(Speed::from_mbps(100)),
        up: None,
        status: Status::InService,
        available_from: None,
        open_access: None,
        project: None,
        cost: None,
        busy_down: None,
    });
    let origin = SourceRow { source: 0, row: 1 };
    let mut places = Places::default();
    // At x = 1 nine inhabitants and at 9 one; at 11 two and at 19 two. The network reaches x from 0 to 5 and 10 to 15.
    for (i, (x, _)) in [(1.0, 9), (9.0, 1), (11.0, 2), (19.0, 2)].into_iter().enumerate() {
        places.ids.push(&i.to_string());
        places.easting.push(x);
        places.northing.push(5.0);
        places.category.push(0);
        places.origin.push(origin);
    }
    places.units.push(UnitColumn { unit: Unit::Population, values: vec![9, 1, 2, 2] });
    places.codes = vec![None];
    let area = |code: &str, name: &str, x: f64| Area {
        code: code.to_owned(),
        name: name.to_owned(),
        geometry: Some(square(x, 10.0)),
    };
    let mut goal = goals(&["se-2009-2020"]).remove(0);
    goal.units = vec![Unit::Population];
    let footprint =
        |x| Footprint { geometry: square(x, 5.0), link: Link { service, reach: Reach::Connected }, name: None, origin };
    let study = Study {
        frame: Frame {
            as_of: date(2024, 12, 31),
            levels: vec![Level {
                key: "municipality".to_owned(),
                areas: vec![area("0001", "Ale", 0.0), area("0002", "Öckerö", 10.0)],
                derived: None,
            }],
            categories: vec!["home".to_owned()],
            units: vec![ScaledUnit { unit: Unit::Places, scale: 1 }, ScaledUnit { unit: Unit::Population, scale: 1 }],
            services,
            settlements: false,
            near: None,
        },
        places,
        offers: Offers::default(),
        footprints: vec![footprint(0.0), footprint(10.0)],
        settlements: Vec::new(),
        profiles: vec![Profile::connected_or_passed()],
        speeds: vec![Speed::from_mbps(100)],
        measures: Vec::new(),
        aid: nittio_core::aid::AidRules::default(),
        listing: nittio_core::category::Listing::default(),
        goals: vec![goal],
    };
    let coverage = join(&CoverageIndex::build(&study), &study, |_| {});
    let tally = Tally::observe(&study.frame, &study.places, &coverage);
    let indicators = evaluate(&tally, &study.frame, &study.profiles, &measures(&study));
    let assessments = assess(&indicators, &study.goals);
    let outcome = Outcome {
        edition: None,
        aid: nittio_core::aid::Aid::default(),
        scenarios: nittio_core::comparison::Comparison::default(),
        plans: nittio_core::outcome::Plans::default(),
        networks: nittio_core::network::Networks::default(),
        timetable: nittio_core::timetable::Timetable::default(),
        name: "Handräknat".to_owned(),
        notice: Some("Bara ett prov.".to_owned()),
        frame: study.frame,
        indicators,
        goals: study.goals,
        assessments,
        diagnostics: Vec::new(),
        reconciliation: Reconciliation::default(),
        safety: Safety::default(),
        settlement_vintages: Vec::new(),
        provenance: Provenance { program: "nittio 0.1.0".to_owned(), crs: "EPSG:3006".to_owned(), inputs: Vec::new() },
    };
    let text = words(&page(&outcome, Locale::Sv)).replace('\u{a0}', " ");
    for expected in [
        // 11 of 14 is 78.57 %; 90 % of 14 is 12.6, so 13 are needed and 2 lack. 90 % of 4 is 3.6: 4, so 2 lack.
        "Nära 79 av 100 invånare har tillgång till minst 100 Mbit/s.",
        "1 av 2 kommuner når målet 90 % med 100 Mbit/s.",
        "3 invånare saknar tillgång.",
        "78,6 %",
        "90,0 %",
        "50,0 %",
        "Längst kvar har Öckerö: 2 invånare",
        "Lägst andel har Öckerö (50,0 %), högst Ale (90,0 %)",
        "31 december 2024",
        "Bara ett prov.",
        "Alla invånare kunde bedömas.",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    let english = words(&page(&outcome, Locale::En));
    for expected in ["Nearly 79", "78.6%", "31\u{a0}December 2024", "Öckerö has the longest way to go: 2 inhabitants"]
    {
        assert!(english.contains(expected), "{expected}");
    }
}

#[test]
fn the_studys_sources_stand_in_full_under_the_first_figure_only() {
    let html = page(&outcome(&sketch()), Locale::Sv);
    let sources: Vec<&str> =
        html.split("<p class=\"source\">").skip(1).filter_map(|rest| rest.split("</p>").next()).collect();
    assert!(sources.len() > 5);
    assert!(!sources[0].contains("href"), "{}", sources[0]);
    for source in &sources[1..] {
        assert!(source.contains("<a href=\"#quality\">studiens filer, se Underlaget</a>"), "{source}");
    }
    // What an official figure rests on alone stands with it.
    assert!(sources.last().is_some_and(|source| !source.starts_with("Källa: <a")), "{sources:?}");
}

#[test]
fn an_area_that_holds_all_there_is_has_no_line_beside_the_total() {
    let lines = |sketch: Sketch| {
        let html = page(&outcome(&sketch), Locale::Sv);
        let foot = html.split("<table id=\"ledger\">").nth(1).and_then(|rest| rest.split("<tfoot>").nth(1));
        foot.and_then(|rest| rest.split("</tfoot>").next()).map(|foot| foot.matches("<tr>").count())
    };
    // The county has all municipalities. In an odd sketch some places have no position, so it lacks them.
    assert_eq!(lines(Sketch { odd: false, ..sketch() }), Some(1));
    assert_eq!(lines(Sketch { places_per_area: 400, ..sketch() }), Some(2));
}

#[test]
fn no_word_is_missing_and_none_is_in_the_wrong_language() {
    for (locale, stranger) in [(Locale::En, ["å", "ä", "ö"]), (Locale::Sv, [" the ", " of ", " and "])] {
        let mut outcome = outcome(&sketch());
        outcome.notice = None;
        outcome.provenance.inputs.clear();
        outcome.goals.iter_mut().for_each(|goal| goal.source = None);
        for comparison in &mut outcome.reconciliation.comparisons {
            // Who made a file, and the title of a document, stand as they are written.
            (comparison.official.source, comparison.official.definition.source) = (None, None);
        }
        outcome.frame.levels[1].areas[0].name = "County".to_owned();
        let county = outcome.indicators.areas.iter_mut().find(|area| area.level == "county").unwrap();
        county.name = "County".to_owned();
        let text = words(&page(&outcome, locale));
        assert!(!text.contains('{') && !text.contains('}'), "a placeholder was left");
        assert!(!text.contains('['), "a key has no text");
        for word in stranger {
            assert!(
                !text.contains(word),
                "{word:?} in {locale:?}: {:?}",
                text.find(word).map(|at| {
                    text[..at].chars().rev().take(60).collect::<String>().chars().rev().collect::<String>()
                })
            );
        }
    }
}

#[test]
fn odd_studies_make_a_report_that_says_what_it_cannot_show() {
    let said = |sketch: &Sketch, settings: &Settings| {
        let report = compose(&outcome(sketch), settings);
        assert!(!render::pictures(&report, &[Size::Page]).unwrap().is_empty());
        words(&render::html(&report).unwrap())
    };
    let sv = settings(Locale::Sv);
    let no_borders = said(&Sketch { borders: false, ..sketch() }, &sv);
    assert!(no_borders.contains("Kartan är utelämnad: underlaget har inga gränser för kommuner."));
    let no_level = said(&sketch(), &Settings { level: "deso".to_owned(), ..sv.clone() });
    assert!(no_level.contains("underlaget har inga områden på nivån deso"));
    let no_towns = said(&Sketch { settlements: false, profiles: false, ..sketch() }, &sv);
    assert!(no_towns.contains("inga gränser för tätorter och småorter"));
    assert!(no_towns.contains("Studien har en definition av tillgång."));
    let nothing = said(&Sketch { reach: 0.0, ..sketch() }, &sv);
    assert!(nothing.contains("Inga invånare har tillgång till minst 100\u{a0}Mbit/s."));
    let no_goal = said(&sketch(), &Settings { goal: 99, ..sv.clone() });
    assert!(no_goal.contains("Studien har inget mål."));
    let other_unit = said(&sketch(), &Settings { unit: Unit::Jobs, ..sv.clone() });
    assert!(other_unit.contains("platser har tillgång"), "a unit that the study lacks is replaced by places");
    let no_workplaces = said(&Sketch { workplaces: false, ..sketch() }, &sv);
    assert!(no_workplaces.contains("kan inte prövas: underlaget saknar arbetsställen"));
    let mut easy = goals(&["se-2009-2020"]);
    easy[0].steps[0].share = Share::from_percent(1);
    let all_met = said(&Sketch { goals: easy, ..sketch() }, &sv);
    assert!(all_met.contains("Alla 4\u{a0}kommuner når målet") || all_met.contains("Alla 4 kommuner når målet"));
}

#[test]
fn pictures_are_outlines_with_a_title_and_twice_as_many_pixels() {
    let report = compose(&outcome(&sketch()), &settings(Locale::Sv));
    let pictures = render::pictures(&report, &[Size::Page]).unwrap();
    let names: Vec<_> = pictures.iter().map(|picture| picture.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "path",
            "map",
            "ranking",
            "settlement",
            "speed-down",
            "speed-up",
            "definitions",
            "technology",
            "technology-maps",
            "safety",
            "official-1"
        ]
    );
    for picture in pictures {
        assert!(!picture.svg.contains("<text"), "letters are outlines");
        assert!(picture.svg.contains("<title id=") && picture.svg.contains("<desc id="));
        let tree = resvg::usvg::Tree::from_str(&picture.svg, &resvg::usvg::Options::default()).unwrap();
        let png = resvg::tiny_skia::Pixmap::decode_png(&picture.png).unwrap();
        assert!((f64::from(png.width()) - 2.0 * f64::from(tree.size().width())).abs() <= 1.0);
        assert!((f64::from(png.height()) - 2.0 * f64::from(tree.size().height())).abs() <= 1.0);
    }
}
