//! The part of the page that answers by itself: what its script is given.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon};
use plotters::style::RGBColor;

use nittio_core::{
    goal::Step,
    layers::Layers,
    measure::Measure,
    projection::{Answer, Projection},
    quantity::Speed,
    service::{Status, Technology},
    settlement::Settlement,
    sketch,
};

use super::{Scene, map, published, share_ppm, words::HIDDEN};
use crate::{
    chart::palette::{self, EDGE},
    live::{
        Aim, AreaWords, Class, Colours, Counted, Drawn, Live, Numbers, Sketch, Squares, Start, UnitWords, World,
        outline::{Outlines, outlines},
    },
    messages::sentence,
};

/// More classes than this no map has.
const CLASSES: usize = 6;

/// Where the page's figures come from.
#[derive(Clone, Copy)]
pub(super) enum Figures<'a> {
    /// They are counted in the page, which may show other layers too.
    Counted(&'a Projection, &'a Layers),
    /// They are what the outcome shows.
    Published,
}

/// What the script is given; `None` when the study has no areas or no speeds to ask about.
pub(super) fn live(scene: &Scene<'_>, figures: Figures<'_>) -> Option<Live> {
    let speeds = match figures {
        Figures::Counted(projection, _) => projection.speeds.clone(),
        Figures::Published => published::speeds(scene),
    };
    let goals = aims(scene, &speeds);
    if scene.areas.is_empty() || goals.is_empty() {
        return None;
    }
    let areas = scene.body();
    let words = |area: &usize| AreaWords { code: scene.ind.areas[*area].code.clone(), name: scene.area_name(*area) };
    let main = scene.main_goal().zip(scene.main_step());
    let start = main.and_then(|(goal, step)| goals.iter().position(|aim| aim.key == key(&goal.id, step.down)));
    let (outlines, squeeze) = borders(scene, &areas).unzip();
    let layers = match (figures, &outlines) {
        (Figures::Counted(projection, layers), Some(_)) => Some((projection, layers)),
        _ => None,
    };
    let classes = settlements(scene);
    let (counted, classes) = match figures {
        Figures::Counted(projection, _) => (tally(&areas, projection), classes),
        Figures::Published => published::published(scene, &areas, &speeds, classes),
    };
    let definitions = scene.ind.profiles.len();
    Some(Live {
        heading: scene.t.get("live.heading"),
        numbers: numbers(scene),
        words: sentences(scene),
        speeds: speeds.iter().map(|&speed| scene.measure_name(Measure::Down(speed))).collect(),
        worlds: worlds(scene),
        definitions,
        units: units(scene),
        settlements: classes,
        start: Start { goal: start.unwrap_or(0), unit: scene.unit },
        palette: (1..=CLASSES).map(|classes| palette::sequential(classes).into_iter().map(hex).collect()).collect(),
        colours: Colours {
            ink: hex(palette::INK),
            paper: hex(palette::PAPER),
            edge: hex(EDGE),
            nothing: hex(palette::NOTHING),
            missed: hex(palette::MISSED),
        },
        counted,
        squares: layers.and_then(|(projection, layers)| squares(scene, projection, layers)),
        sketch: layers.and_then(|(_, layers)| sketch(scene, layers)),
        dots: layers.and_then(|(_, layers)| layers.dots),
        mbps: speeds.iter().map(|speed| speed.mbps()).collect(),
        outlines,
        squeeze: squeeze.unwrap_or(1.0),
        lengths: if scene.out.provenance.crs.starts_with("EPSG:") { map::lengths(scene) } else { Vec::new() },
        areas: areas.iter().map(words).collect(),
        goals,
    })
}

/// What the tally says, area by area in the order of the page.
fn tally(areas: &[usize], projection: &Projection) -> Counted {
    let signatures = projection.signatures.iter().map(|signature| signs(signature)).collect();
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let groups = projection.groups.iter().filter_map(|group| {
        let area = areas.iter().position(|&area| area == group.area)?;
        let mut list = vec![number(area), number(number_of(group.settlement)?)];
        for (signature, sums) in &group.rows {
            list.push(number(*signature));
            list.extend(sums);
        }
        Some(list)
    });
    Counted::Tally { signatures, groups: groups.collect() }
}

/// One sign per answer.
fn signs(signature: &[Answer]) -> String {
    let sign = |answer: &Answer| match answer {
        Answer::Unmatched => '-',
        Answer::Speeds(reached) => char::from_digit(u32::from(*reached), 36).unwrap_or('z'),
    };
    signature.iter().map(sign).collect()
}

/// Squares, where the study asks for them.
fn squares(scene: &Scene<'_>, projection: &Projection, layers: &Layers) -> Option<Squares> {
    let squares = layers.squares.as_ref()?;
    let speed = |speed: &Speed| projection.speeds.iter().position(|other| other == speed);
    let mut last = [0; 2];
    let list = squares.squares.iter().map(|square| {
        let [east, north] = square.corner;
        let mut numbers = vec![east - last[0], north - last[1]];
        last = square.corner;
        for (signature, sums) in &square.rows {
            numbers.push(i64::try_from(*signature).unwrap_or(i64::MAX));
            numbers.extend(sums.iter().map(|&sum| i64::try_from(sum).unwrap_or(i64::MAX)));
        }
        numbers
    });
    let kilometres = u64::try_from(squares.side.unwrap_or_default() / 1000).unwrap_or_default();
    Some(Squares {
        side: squares.side,
        label: format!("{}\u{a0}km", scene.locale.whole(kilometres)),
        list: list.collect(),
        speeds: squares.speeds.iter().map(speed).collect::<Option<_>>()?,
        signatures: squares.signatures.iter().map(|signature| signs(signature)).collect(),
    })
}

/// Where each technology is, where the study asks for it.
fn sketch(scene: &Scene<'_>, layers: &Layers) -> Option<Sketch> {
    let sketch = layers.sketch.as_ref()?;
    let metric = scene.out.provenance.crs.starts_with("EPSG:");
    let drawn = |layer: &sketch::Drawn| {
        let side = sketch.step * 2.0;
        let kilometres = layer.squares as f64 * side * side / 1e6;
        let technology = scene.t.get(&format!("technology.{}", layer.technology.key()));
        let status = scene.t.get(&format!("live.status-{}", layer.status.key()));
        Drawn {
            name: format!("{technology}, {status}"),
            size: if metric {
                scene.t.say("live.about-size", &[("n", &about(scene, kilometres))])
            } else {
                String::new()
            },
            colour: hex(colour(layer.technology)),
            ready: layer.status == Status::InService,
            polygons: layer.polygons.iter().map(|rings| rings.iter().map(|ring| steps(ring)).collect()).collect(),
        }
    };
    Some(Sketch { corner: sketch.corner, step: sketch.step, layers: sketch.layers.iter().map(drawn).collect() })
}

/// A number of two digits that count, as drawings are no more exact.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to integer cast saturates")]
fn about(scene: &Scene<'_>, number: f64) -> String {
    let size = 10f64.powf(number.max(1.0).log10().floor() - 1.0).max(1.0);
    scene.locale.whole(((number / size).round() * size) as u64)
}

/// Colours that tell technologies apart; in a legend they have names beside them.
fn colour(technology: Technology) -> RGBColor {
    match technology {
        Technology::Fibre => palette::MET,
        Technology::Cable => RGBColor(0x8a, 0x3f, 0x8f),
        Technology::Vdsl | Technology::Xdsl => palette::MISSED,
        Technology::Fwa => RGBColor(0x2e, 0x7d, 0x4f),
        Technology::Nr | Technology::Lte => RGBColor(0xb5, 0x2b, 0x45),
        Technology::Satellite | Technology::Other => palette::CONTEXT,
    }
}

/// A ring as its first vertex and the steps from one to the next.
fn steps(ring: &[[i32; 2]]) -> Vec<i32> {
    let mut last = [0; 2];
    let step = |at: &[i32; 2]| {
        let step = [at[0] - last[0], at[1] - last[1]];
        last = *at;
        step
    };
    ring.iter().flat_map(step).collect()
}

/// The number of a settlement class in the figures.
fn number_of(class: Settlement) -> Option<usize> {
    Settlement::ALL.iter().position(|&other| other == class)
}

fn key(goal: &str, speed: Speed) -> String {
    format!("{goal} {}", speed.mbps())
}

/// Every step of every goal; the speeds themselves where the study has no goal.
fn aims(scene: &Scene<'_>, speeds: &[Speed]) -> Vec<Aim> {
    let index = |speed: Speed| speeds.iter().position(|&s| s == speed);
    let step = |goal: &nittio_core::goal::Goal, step: &Step| {
        let short = scene.step_words(step);
        Some(Aim {
            label: format!("{short} · {}", super::ledger::name_and_year(scene, goal)),
            short,
            share: scene.share_word(step),
            ppm: Some(share_ppm(step)),
            speed: index(step.down)?,
            units: goal.units.iter().filter_map(|unit| scene.ind.unit(unit.key())).collect(),
            key: key(&goal.id, step.down),
        })
    };
    let goals = &scene.out.goals;
    let steps = goals.iter().flat_map(|goal| goal.steps.iter().filter_map(move |s| step(goal, s)));
    let aims: Vec<Aim> = steps.collect();
    if !aims.is_empty() {
        return aims;
    }
    let speed = |(speed, &down): (usize, &Speed)| {
        let short = sentence(&scene.measure_name(Measure::Down(down)));
        Aim {
            label: short.clone(),
            short,
            share: String::new(),
            ppm: None,
            speed,
            units: Vec::new(),
            key: key("", down),
        }
    };
    speeds.iter().enumerate().map(speed).collect()
}

fn worlds(scene: &Scene<'_>) -> Vec<World> {
    let profiles = &scene.ind.profiles;
    let definitions = profiles.iter().map(|profile| {
        let name = scene.profile_name(profile);
        World { key: profile.key.clone(), definition: name.clone(), name, base: None, date: scene.date() }
    });
    let scenarios = scene.out.scenarios.contrasts.iter().map(|about| {
        let base = profiles.iter().position(|profile| profile.key == about.against);
        World {
            key: about.key.clone(),
            name: about.name.clone(),
            definition: base.map_or_else(|| about.against.clone(), |base| scene.profile_name(&profiles[base])),
            base,
            date: scene.locale.date(about.day, &scene.t.get("months")),
        }
    });
    definitions.chain(scenarios).collect()
}

fn units(scene: &Scene<'_>) -> Vec<UnitWords> {
    let words = |(index, scaled): (usize, &nittio_core::study::ScaledUnit)| {
        let one = scene.t.find(&format!("unit-one.{}", scaled.unit.key()));
        let many = scene.units(&scaled.unit);
        UnitWords {
            key: scene.ind.units[index].unit.key().to_owned(),
            // A list breaks no words.
            name: scene.unit_head(&scaled.unit).replace('\u{ad}', ""),
            one: one.unwrap_or_else(|| many.clone()),
            many,
            all: scene.all_units(&scaled.unit),
            scale: scaled.scale.max(1),
        }
    };
    scene.ind.units.iter().enumerate().map(words).collect()
}

fn settlements(scene: &Scene<'_>) -> Vec<Class> {
    let words = |class: &Option<Settlement>| match class {
        None => Class { key: String::new(), number: None, name: scene.t.get("live.everywhere") },
        Some(class) => Class {
            key: class.key().to_owned(),
            number: number_of(*class),
            name: scene.t.get(&format!("settlement.{}", class.key())),
        },
    };
    scene.ind.settlements.iter().map(words).collect()
}

fn numbers(scene: &Scene<'_>) -> Numbers {
    let locale = scene.locale;
    let (half, thousand) = (locale.tenths(5), locale.whole(1000));
    Numbers {
        decimal: half.trim_matches(char::is_numeric).to_owned(),
        thousands: thousand.trim_matches(char::is_numeric).to_owned(),
        percent: locale.percent(""),
        minus: locale.tenths(-5).chars().take_while(|c| !c.is_numeric()).collect(),
        below: locale.points(0.001).chars().take_while(|c| !c.is_numeric()).collect(),
    }
}

/// The words of the page by the names that the script and the template have for them, and the messages that they are.
const WORDS: [(&str, &str); 75] = [
    ("goal", "live.goal"),
    ("speed", "live.speed"),
    ("definition", "live.definition"),
    ("unit", "live.unit"),
    ("settlement", "live.settlement"),
    ("scenario", "live.scenario"),
    ("none", "live.none"),
    ("switches", "live.switches"),
    ("find", "live.find"),
    ("show", "live.show"),
    ("unknown", "live.unknown"),
    ("map", "live.map"),
    ("in", "live.in"),
    ("out", "live.out"),
    ("whole", "live.whole"),
    ("keys", "live.keys"),
    ("ctrl", "live.ctrl"),
    ("mac", "live.mac"),
    ("fingers", "live.fingers"),
    ("caption", "live.caption"),
    ("with-scenario", "live.with-scenario"),
    ("with-settlement", "live.with-settlement"),
    ("reached", "live.reached"),
    ("other-unit", "live.other-unit"),
    ("said", "live.said"),
    ("left", "live.left"),
    ("nothing-said", "live.nothing-said"),
    ("kept-said", "live.kept-said"),
    ("kept-areas", "live.kept-areas"),
    ("share-said", "live.share-said"),
    ("readout", "live.readout"),
    ("no-map", "live.no-map"),
    ("layers", "live.layers"),
    ("layer-squares", "live.layer-squares"),
    ("squares-legend", "live.squares-legend"),
    ("squares-caption", "live.squares-caption"),
    ("squares-none", "live.squares-none"),
    ("squares-many", "live.squares-many"),
    ("squares-only", "live.squares-only"),
    ("square", "live.square"),
    ("column-square", "live.column-square"),
    ("square-readout", "live.square-readout"),
    ("fewer", "live.fewer"),
    ("drawn", "live.drawn"),
    ("dots-open", "live.dots-open"),
    ("dots-show", "live.dots-show"),
    ("dots-said", "live.dots-said"),
    ("dots-many", "live.dots-many"),
    ("dots-only", "live.dots-only"),
    ("dots-wrong", "live.dots-wrong"),
    ("dots-legend", "live.dots-legend"),
    ("drawn-legend", "live.drawn-legend"),
    ("or-more", "live.or-more"),
    ("legend", "map.legend"),
    ("class-below", "map.class-below"),
    ("class-between", "map.class-between"),
    ("class-top", "map.class-top"),
    ("class-all", "map.class-all"),
    ("missed", "map.missed"),
    ("nothing", "map.nothing"),
    ("nothing-shown", "map.nothing-shown"),
    ("mark", "goal.mark"),
    ("met", "goal.met-short"),
    ("not-met", "goal.missed-short"),
    ("unmeasured", "goal.unmeasured"),
    ("column-total", "column.total"),
    ("column-covered", "column.covered"),
    ("column-missing", "column.missing"),
    ("column-unmatched", "column.unmatched"),
    ("column-share", "column.share"),
    ("column-units", "column.gap-units"),
    ("column-points", "column.gap-points"),
    ("column-status", "column.status"),
    ("total", "area.total"),
    ("date", "live.date"),
];

/// Words that are no message as it stands.
const MADE: [&str; 2] = ["kept", "column-area"];

/// The names of all words that the script is given.
pub(super) fn names() -> Vec<&'static str> {
    WORDS.into_iter().map(|(name, _)| name).chain(MADE).collect()
}

/// The words of the page, by the names that the script and the template have for them.
fn sentences(scene: &Scene<'_>) -> BTreeMap<&'static str, String> {
    let t = &scene.t;
    let (area, areas) = (scene.areas_word(1), scene.areas_word(2));
    let fill = |text: String| text.replace("{area}", &area).replace("{areas}", &areas);
    let mut words: BTreeMap<&'static str, String> =
        WORDS.into_iter().map(|(name, key)| (name, sentence(&fill(t.get(key))))).collect();
    words.insert("kept", HIDDEN.to_owned());
    words.insert("date", t.say("live.date", &[("date", &scene.date())]));
    words.insert("column-area", sentence(&area));
    words
}

/// The areas that have borders, on a grid, and how much narrower than its coordinates that is.
fn borders(scene: &Scene<'_>, areas: &[usize]) -> Option<(Outlines, f64)> {
    let shapes: Vec<(usize, &MultiPolygon)> = areas
        .iter()
        .enumerate()
        .filter_map(|(number, &area)| {
            let (level, index) = scene.ind.areas[area].index?;
            let shape = scene.out.frame.levels.get(level)?.areas.get(index)?.geometry.as_ref()?;
            shape.bounding_rect().map(|_| (number, shape))
        })
        .collect();
    let squeeze = map::squeeze(scene, &shapes);
    let planar =
        |(number, shape): &(usize, &MultiPolygon)| (*number, shape.map_coords(|c| Coord { x: c.x * squeeze, y: c.y }));
    Some((outlines(&shapes.iter().map(planar).collect::<Vec<_>>())?, squeeze))
}

fn hex(colour: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}
