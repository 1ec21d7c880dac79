//! Plausible speeds: what a technology can give at most, by its own standard.

use crate::{quantity::Speed, service::Technology};

/// The most that a technology can give, and where that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The technology.
    pub technology: Technology,
    /// The highest download speed; `None` when no bound is known.
    pub down: Option<Speed>,
    /// The highest upload speed; `None` when no bound is known.
    pub up: Option<Speed>,
    /// The document that says so.
    pub source: &'static str,
    /// Where it can be found.
    pub link: &'static str,
}

/// No access network sells more than this to anyone; a larger number is in another unit.
pub const FASTEST: Speed = Speed::from_mbps(100_000);

/// The limits that are known. What is not here has none but [`FASTEST`].
pub const LIMITS: [Limit; 5] = [
    Limit {
        technology: Technology::Cable,
        down: Some(Speed::from_mbps(10_000)),
        up: Some(Speed::from_mbps(6_000)),
        source: "CableLabs, DOCSIS 4.0",
        link: "https://www.cablelabs.com/technologies/docsis-4-0-technology",
    },
    Limit {
        technology: Technology::Vdsl,
        down: Some(Speed::from_mbps(400)),
        up: Some(Speed::from_mbps(400)),
        source: "ITU-T G.993.2 (VDSL2), both ways together",
        link: "https://www.itu.int/rec/T-REC-G.993.2",
    },
    Limit {
        technology: Technology::Xdsl,
        down: Some(Speed::from_mbps(24)),
        up: None,
        source: "ITU-T G.992.5 (ADSL2+)",
        link: "https://www.itu.int/rec/T-REC-G.992.5",
    },
    Limit {
        technology: Technology::Nr,
        down: Some(Speed::from_mbps(20_000)),
        up: Some(Speed::from_mbps(10_000)),
        source: "ITU-R M.2410 (IMT-2020), peak data rate",
        link: "https://www.itu.int/pub/R-REP-M.2410",
    },
    Limit {
        technology: Technology::Lte,
        down: Some(Speed::from_mbps(3_000)),
        up: Some(Speed::from_mbps(1_500)),
        source: "3GPP, LTE-Advanced, peak data rate",
        link: "https://www.3gpp.org/technologies/lte-advanced",
    },
];

/// The limit that a service's speeds are beyond, if any.
#[must_use]
pub fn exceeded(technology: Technology, down: Option<Speed>, up: Option<Speed>) -> Option<&'static Limit> {
    let beyond = |speed: Option<Speed>, most: Option<Speed>| speed.zip(most).is_some_and(|(speed, most)| speed > most);
    LIMITS.iter().find(|l| l.technology == technology && (beyond(down, l.down) || beyond(up, l.up)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_at_the_limit_is_plausible_and_one_above_is_not() {
        let mbps = |down, up| (Some(Speed::from_mbps(down)), Some(Speed::from_mbps(up)));
        let beyond = |technology, (down, up)| exceeded(technology, down, up).is_some();
        assert!(!beyond(Technology::Xdsl, mbps(24, 24)) && beyond(Technology::Xdsl, mbps(25, 1)));
        assert!(!beyond(Technology::Vdsl, mbps(400, 1)) && beyond(Technology::Vdsl, mbps(1, 401)));
        assert!(!beyond(Technology::Fibre, mbps(100_000, 100_000)), "fibre has no limit of its own");
        assert_eq!(exceeded(Technology::Xdsl, None, None), None, "what is not known is not beyond");
    }

    #[test]
    fn the_page_about_speeds_has_every_limit() {
        let page = include_str!("../../../docs/methods/speeds.md");
        for Limit { technology, down, up, source, link } in LIMITS {
            let speed = |speed: Option<Speed>| speed.map_or("–".to_owned(), |speed| speed.to_string());
            let row = format!("| `{technology}` | {} | {} | [{source}]({link}) |", speed(down), speed(up));
            assert!(page.contains(&row), "{row}");
        }
        assert!(page.contains(&FASTEST.to_string()));
    }
}
