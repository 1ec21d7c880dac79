//! What a study file says of the report, the editions and open data, checked against itself.

use nittio_core::unit::Unit;

use super::{check::Check, defaults, load::At, wording::nearest};
use crate::crs::Crs;

impl Check<'_> {
    pub(super) fn report(&mut self) {
        let report = &self.file.report;
        if report.points && self.file.study.crs.get_ref().parse() == Ok(Crs::AsIs) {
            self.wrong_at(
                &[At::Key("report"), At::Key("points")],
                "dots need a place on Earth, and the study's coordinates are as-is",
                "give the study the CRS of its coordinates, for example: crs = \"EPSG:3006\"; or leave points out",
            );
        }
        if let Some(level) = &report.level
            && !self.file.areas.contains_key(level.get_ref())
        {
            self.no_such_level(level.span(), level.get_ref());
        }
        // Where the goals are wrong themselves, that has been said already.
        if let Some(id) = &report.goal
            && let Ok(goals) = defaults::goals(self.file)
        {
            let ids: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).collect();
            if !ids.contains(&id.get_ref().as_str()) {
                let message = match nearest(id.get_ref(), ids.iter().copied()) {
                    Some(meant) => format!("the study has no goal {:?}; did you mean {meant:?}?", id.get_ref()),
                    None => format!("the study has no goal {:?}", id.get_ref()),
                };
                self.wrong(id.span(), message, format!("the study has {}", ids.join(", ")));
            }
        }
        if let Some(unit) = &report.unit {
            let counted = defaults::units(self.file);
            if !counted.contains(unit) {
                let has: Vec<&str> = counted.iter().map(Unit::key).collect();
                self.wrong_at(
                    &[At::Key("report"), At::Key("unit")],
                    format!("the study does not count `{unit}`"),
                    format!(
                        "it counts {}; a unit is counted when `units` in [[places]] names its column",
                        has.join(", ")
                    ),
                );
            }
        }
    }

    pub(super) fn open_data(&mut self) {
        let Some(about) = &self.file.open_data else { return };
        let addresses =
            [("publisher_uri", &about.publisher_uri), ("licence", &about.licence), ("base_url", &about.base_url)];
        for (key, address) in addresses {
            let Some(address) = address else { continue };
            let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
            if !rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace)) {
                self.wrong_at(
                    &[At::Key("open_data"), At::Key(key)],
                    format!("`{address}` is not an address on the web"),
                    "write the whole address, as https://example.org/data/",
                );
            }
        }
        if let Some(email) = about.contact_email.as_ref().filter(|email| {
            let named = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            !named || email.contains(char::is_whitespace)
        }) {
            self.wrong_at(
                &[At::Key("open_data"), At::Key("contact_email")],
                format!("`{email}` is not an e-mail address"),
                "write it as oppnadata@example.org",
            );
        }
    }

    pub(super) fn editions(&mut self) {
        if self.file.editions.threshold < 2 {
            self.wrong_at(
                &[At::Key("editions"), At::Key("threshold")],
                format!("a threshold of {} keeps nothing back", self.file.editions.threshold),
                "counts above 0 and below the threshold are kept back; write 5, as SCB does, or take the line away",
            );
        }
    }
}
