//! Small maps, one per technology, in one scale: where each is, beside how many have it.

use geo::MultiPolygon;
use nittio_core::{breaks, indicator::Figure as Counts};

use super::{
    Scene, map,
    technologies::{by_area, of, operators, technologies},
};
use crate::{
    chart::{
        Chart,
        map::Class,
        palette,
        panels::{Panel, Panels, TALLEST},
    },
    messages::sentence,
    report::{Figure, Table},
};

/// More small maps than this are a page of their own.
const MOST: usize = 8;
/// The lower ends of all classes but the lowest, in parts per million: the same in every study, so that reports can be compared.
const BREAKS: [u32; 4] = [200_000, 400_000, 600_000, 800_000];

/// A measure that has a map.
struct Mapped {
    name: String,
    measure: usize,
    technology: bool,
}

/// The figure; `None` when there are no borders, or no two technologies to compare.
pub(super) fn figure(scene: &Scene<'_>) -> Option<Figure> {
    let t = &scene.t;
    let shapes = map::shapes(scene);
    let mapped = mapped(scene);
    if shapes.len() < 2 || mapped.iter().filter(|mapped| mapped.technology).count() < 2 {
        return None;
    }
    let squeeze = map::squeeze(scene, &shapes);
    let class = |figure: &Counts| {
        let some = |figure: &Counts| {
            if figure.covered == 0 { 0 } else { 1 + breaks::class(&BREAKS, figure.covered, figure.total) }
        };
        figure.has_share().then(|| some(figure))
    };
    let panel = |mapped: &Mapped| Panel {
        head: sentence(&mapped.name),
        value: scene.plain_share(&of(scene, 0, mapped.measure)),
        classes: shapes.iter().map(|&(area, _)| class(&of(scene, area, mapped.measure))).collect(),
    };
    let panels: Vec<Panel> = mapped.iter().map(panel).collect();
    let blank = panels.iter().flat_map(|panel| &panel.classes).any(Option::is_none);
    let hidden = scene.areas.iter().any(|&area| mapped.iter().any(|m| of(scene, area, m.measure).hides.any()));
    let title = title(scene, &mapped);
    let shares: Vec<String> = panels.iter().map(|panel| format!("{} {}", panel.head, panel.value)).collect();
    let mut caption = t.get("technology-maps.caption");
    let without = scene.areas.len() - shapes.len();
    if without > 0 {
        let (n, areas) = (scene.whole(without), scene.areas_word(without));
        caption = format!("{caption} {}", t.say("map.some-missing", &[("n", &n), ("areas", &areas)]));
    }
    Some(Figure {
        id: "technology-maps",
        subtitle: scene.short_subtitle(),
        caption,
        source: scene.source(),
        description: t.say(
            "technology-maps.description",
            &[
                ("n", &scene.whole(panels.len())),
                ("areas", &scene.areas_word(2)),
                ("title", title.trim_end_matches('.')),
                ("shares", &shares.join(", ")),
            ],
        ),
        title,
        chart: Chart::Panels(Panels {
            shapes: shapes.iter().map(|&(_, shape)| -> MultiPolygon { map::squeezed(shape, squeeze) }).collect(),
            panels,
            classes: classes(scene),
            nothing: blank.then(|| t.get(if hidden { "map.nothing-shown" } else { "map.nothing" })),
            tallest: TALLEST,
        }),
        table: Some(Table { id: "technology-maps-table".to_owned(), ..by_area(scene) }),
    })
}

/// Technologies that anybody has, the commonest first, and after them a choice of operators.
fn mapped(scene: &Scene<'_>) -> Vec<Mapped> {
    let total = |measure: usize| of(scene, 0, measure);
    let known = |measure: usize| scene.areas.iter().any(|&area| of(scene, area, measure).has_share());
    let mut found = technologies(scene);
    found.retain(|&(_, measure)| (total(measure).covered > 0 || total(measure).hides.covered) && known(measure));
    // A stable sort: technologies with the same share keep the order of reports.
    found.sort_by_key(|&(_, measure)| std::cmp::Reverse(total(measure).covered));
    let choice = operators(scene).into_iter().take(1).filter(|&(_, measure)| known(measure)).map(|(n, measure)| {
        let name = scene.t.say("technology-section.operators", &[("n", &n.to_string())]);
        Mapped { name, measure, technology: false }
    });
    let choice: Vec<Mapped> = choice.collect();
    let technologies = found
        .into_iter()
        .map(|(technology, measure)| Mapped { name: scene.technology(technology), measure, technology: true })
        .take(MOST - choice.len());
    technologies.chain(choice).collect()
}

/// The technology that differs most from area to area, and where it is rarest and commonest.
fn title(scene: &Scene<'_>, mapped: &[Mapped]) -> String {
    let t = &scene.t;
    let spread = |mapped: &Mapped| {
        let known = scene.areas.iter().copied().map(|area| (area, of(scene, area, mapped.measure)));
        let mut known: Vec<(usize, Counts)> = known.filter(|(_, figure)| figure.has_share()).collect();
        known.sort_by(|(_, a), (_, b)| {
            (u128::from(a.covered) * u128::from(b.total)).cmp(&(u128::from(b.covered) * u128::from(a.total)))
        });
        let (low, high) = (*known.first()?, *known.last()?);
        let nobody = known.iter().filter(|(_, figure)| figure.covered == 0).count();
        let distance = high.1.share()? - low.1.share()?;
        Some((distance, low, high, nobody))
    };
    let technologies = mapped.iter().filter(|mapped| mapped.technology);
    let most = technologies.filter_map(|mapped| Some((mapped, spread(mapped)?)));
    // Of several that differ alike the first is named.
    let most = most.reduce(|most, other| if other.1.0 > most.1.0 { other } else { most });
    let Some((mapped, (_, low, high, nobody))) = most.filter(|(_, spread)| spread.0 >= 0.0005) else {
        return t.say("technology-maps.title-same", &[("areas", &scene.areas_word(2))]);
    };
    let several = || format!("{} {}", scene.whole(nobody), scene.areas_word(nobody));
    let low_name = if nobody > 1 { several() } else { scene.area_name(low.0) };
    t.say(
        "technology-maps.title",
        &[
            ("technology", &sentence(&mapped.name)),
            ("low", &low_name),
            ("low-share", &scene.plain_share(&low.1)),
            ("high", &scene.area_name(high.0)),
            ("high-share", &scene.plain_share(&high.1)),
        ],
    )
}

/// Nobody, and shares in fifths.
fn classes(scene: &Scene<'_>) -> Vec<Class> {
    let t = &scene.t;
    let number = |b: u32| scene.locale.plain(f64::from(b) / 10_000.0);
    let word = |b: u32| scene.locale.percent(&number(b));
    let label = |i: usize| match (i.checked_sub(1).map(|i| BREAKS[i]), BREAKS.get(i)) {
        (None, Some(&to)) => t.say("map.class-below", &[("to", &word(to))]),
        (Some(from), Some(&to)) => t.say("map.class-between", &[("from", &number(from)), ("to", &word(to))]),
        (from, None) => t.say("map.class-top", &[("from", &word(from.unwrap_or(0)))]),
    };
    // The lightest of the scale is too near to paper.
    let colours = palette::sequential(BREAKS.len() + 2).into_iter().skip(1);
    let some = colours.enumerate().map(|(i, colour)| Class { label: sentence(&label(i)), colour });
    std::iter::once(Class { label: t.get("technology-maps.nobody"), colour: palette::PAPER }).chain(some).collect()
}
