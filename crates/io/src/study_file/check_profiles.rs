//! What a study file says of definitions of access, and of what is near, checked against itself.

use std::{collections::BTreeMap, ops::Range};

use nittio_core::{
    profile::Profile,
    quantity::Metres,
    service::{Reach, Status},
};

use super::{
    ProfileEntry,
    check::{Check, item},
    defaults,
    load::At,
};
use crate::crs::Crs;

/// The longest distance that may be called near.
const LONGEST: Metres = Metres::from_metres(10_000);

impl Check<'_> {
    pub(super) fn profiles(&mut self) {
        let mut seen = BTreeMap::new();
        for (i, profile) in self.file.profiles.iter().enumerate() {
            if let Some(name) = &profile.builtin
                && Profile::built_in(name.get_ref()).is_none()
            {
                self.unknown(name, "definition", &Profile::BUILT_IN);
            }
            self.named(i, profile);
            self.settings(i, profile);
            let Some(key) = profile.key.as_ref().or(profile.builtin.as_ref()) else { continue };
            let text = key.get_ref();
            if text.trim().is_empty() || text.contains(|c: char| c == ',' || c == '"' || c.is_control()) {
                self.wrong(
                    key.span(),
                    "a profile's key is not empty and has no comma or quotation mark",
                    "it stands in the result's files; write, for example: key = \"connected+passed\"",
                );
            }
            if let Some(first) = seen.insert(text, i) {
                self.wrong(
                    key.span(),
                    format!("profile {} has the key {text:?} already", first + 1),
                    "give every profile its own key",
                );
            }
        }
    }

    /// A definition of the study's own has a key and says what counts; a built-in one that is narrowed has a key of its own.
    fn named(&mut self, i: usize, profile: &ProfileEntry) {
        let changes = [
            ("reach", profile.reach.is_some()),
            ("technologies", profile.technologies.is_some()),
            ("planned_until", profile.planned_until.is_some()),
            ("planned_status", profile.planned_status.is_some()),
            ("order_cost_at_most", profile.order_cost_at_most.is_some()),
            ("busy_hour", profile.busy_hour),
        ];
        let changed = changes.into_iter().find_map(|(key, changed)| changed.then_some(key));
        match (&profile.builtin, &profile.key, changed) {
            (Some(name), None, Some(change)) => self.wrong(
                self.key("profiles", i, change),
                format!("with `{change}` this is no longer what {:?} stands for", name.get_ref()),
                "give it a key of its own, for example: key = \"fibre\"",
            ),
            (None, None, _) => self.wrong_at(
                &item("profiles", i),
                "this profile has no key",
                format!(
                    "write, for example: key = \"fibre\"; or use a built-in definition: use = \"{}\"",
                    Profile::BUILT_IN[2]
                ),
            ),
            _ => {}
        }
        if profile.builtin.is_none() && profile.reach.is_none() {
            self.wrong_at(
                &item("profiles", i),
                "this profile does not say which ways of reaching count",
                "write, for example: reach = [\"connected\", \"passed\"]",
            );
        }
    }

    fn settings(&mut self, i: usize, profile: &ProfileEntry) {
        if profile.reach.as_ref().is_some_and(Vec::is_empty) {
            self.wrong(
                self.key("profiles", i, "reach"),
                "a profile without a way of reaching reaches nobody",
                "write, for example: reach = [\"connected\", \"passed\"]",
            );
        }
        if profile.technologies.as_ref().is_some_and(|list| list.0.is_empty()) {
            self.wrong(
                self.key("profiles", i, "technologies"),
                "a profile without a technology reaches nobody",
                "name some, or take the line away for all of them",
            );
        }
        if let Some(statuses) = &profile.planned_status
            && (statuses.is_empty() || statuses.iter().any(|s| matches!(s, Status::InService | Status::Candidate)))
        {
            self.wrong(
                self.key("profiles", i, "planned_status"),
                "what is planned is under construction or planned",
                "write planned_status = [\"under-construction\"], or [\"under-construction\", \"planned\"]",
            );
        }
        let resolved = defaults::profile(profile);
        let idle = [
            (
                "planned_status",
                profile.planned_status.is_some(),
                resolved.planned_until.is_some(),
                "planned_until = 2027-12-31",
            ),
            (
                "unknown_cost",
                profile.unknown_cost.is_some(),
                resolved.order_cost.is_some(),
                "order_cost_at_most = \"40 000 kr\"",
            ),
            ("unknown_busy", profile.unknown_busy.is_some(), resolved.busy_hour.is_some(), "busy_hour = true"),
        ];
        for (key, given, asked, missing) in idle {
            if given && !asked {
                self.wrong(
                    self.key("profiles", i, key),
                    format!("`{key}` changes nothing here"),
                    format!("it goes with, for example: {missing}"),
                );
            }
        }
        if resolved.order_cost.is_some() && !resolved.reach.contains(&Reach::Passed) {
            self.wrong(
                self.key("profiles", i, "order_cost_at_most"),
                "what ordering costs matters to places that are passed, and this profile does not count them",
                "add \"passed\" to `reach`, or take the line away",
            );
        }
    }

    pub(super) fn near(&mut self) {
        let asked = self.file.profiles.iter().position(|p| defaults::profile(p).reach.contains(&Reach::Near));
        let at: Range<usize> = match (&self.file.near, asked) {
            (None, None) => return,
            (Some(_), _) => self.loaded.span_of(&[At::Key("near")]),
            (None, Some(i)) => self.loaded.span_of(&item("profiles", i)),
        };
        if let Some(near) = &self.file.near {
            if asked.is_none() {
                self.wrong(
                    at.clone(),
                    "no profile counts what is near, so this would change nothing",
                    "add a profile: [[profiles]] with use = \"connected+passed+near\"; or take [near] away",
                );
            }
            let distances = [
                ("locality", near.locality),
                ("smaller_locality", near.smaller_locality),
                ("outside", near.outside),
                ("unknown", near.unknown),
            ];
            for (key, _) in distances.into_iter().filter(|&(_, distance)| distance > LONGEST) {
                self.wrong_at(
                    &[At::Key("near"), At::Key(key)],
                    format!("near is at most {LONGEST}"),
                    "PTS had 50 m in 2018: \"50 m\"",
                );
            }
            if near.technologies.0.is_empty() {
                self.wrong_at(
                    &[At::Key("near"), At::Key("technologies")],
                    "without a technology nothing is near",
                    "write technologies = [\"fibre\"], or take the line away",
                );
            }
        }
        self.planar(at);
    }

    /// Distances are measured in the plane of the working CRS, which must be in metres.
    fn planar(&mut self, at: Range<usize>) {
        let geographic = |text: &str| text.parse::<Crs>().is_ok_and(Crs::is_geographic);
        let study = self.file.study.crs.get_ref();
        let of_places = self.file.places.iter().filter_map(|source| source.file.crs.as_ref());
        let as_is = study.parse() == Ok(Crs::AsIs);
        let crs = if as_is { of_places.map(|crs| crs.get_ref()).find(|crs| geographic(crs)) } else { Some(study) };
        if let Some(crs) = crs.filter(|crs| geographic(crs)) {
            self.wrong(
                at,
                format!("what is near is measured in metres, and coordinates in {crs} are degrees"),
                "give the study a projected CRS, for example: crs = \"EPSG:3006\"",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use nittio_core::near::Near;

    use super::*;
    use crate::study_file::least::study as read;

    #[test]
    fn a_definition_that_says_two_things_or_nothing_is_refused_with_what_would_be_right() {
        for (more, said) in [
            ("[[profiles]]\nuse = \"conected\"\n", "did you mean \"connected\"?"),
            (
                "[[profiles]]\nuse = \"+planned 27\"\n",
                "known are connected, connected+passed, connected+passed+near, +planned YEAR",
            ),
            (
                "[[profiles]]\nuse = \"connected\"\ntechnologies = [\"fibre\"]\n",
                "this is no longer what \"connected\" stands for",
            ),
            ("[[profiles]]\nreach = [\"passed\"]\n", "this profile has no key"),
            ("[[profiles]]\nkey = \"a\"\n", "does not say which ways of reaching count"),
            (
                "[[profiles]]\nuse = \"connected\"\n[[profiles]]\nkey = \"connected\"\nreach = [\"passed\"]\n",
                "profile 1 has the key \"connected\" already",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nreach = [\"passed\"]\nunknown_cost = false\n",
                "`unknown_cost` changes nothing here",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nreach = [\"passed\"]\nunknown_busy = true\n",
                "it goes with, for example: busy_hour = true",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nreach = [\"passed\"]\nplanned_status = [\"planned\"]\n",
                "planned_until = 2027-12-31",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nuse = \"+planned 2027\"\nplanned_status = [\"in-service\"]\n",
                "under construction or planned",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nreach = [\"connected\"]\norder_cost_at_most = \"1 kr\"\n",
                "matters to places that are passed",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nreach = [\"passed\"]\norder_cost_at_most = 40000\n",
                "a price needs its unit; write \"40000 kr\"",
            ),
            (
                "[[profiles]]\nkey = \"a\"\nreach = [\"passed\"]\ntechnologies = [\"wired\", \"-fixed\"]\n",
                "without a technology",
            ),
            ("[indicators]\nowners = [0]\n", "at least no owner is everybody"),
        ] {
            let told = read(more).map(|_| ()).unwrap_err();
            assert!(told.contains(said), "{more}\n{told}");
        }
    }

    #[test]
    fn near_without_anybody_to_count_it_or_in_degrees_is_refused() {
        const PROFILE: &str = "[[profiles]]\nuse = \"connected+passed+near\"\n";
        for (more, said) in [
            ("[near]\noutside = \"50 m\"\n".to_owned(), "no profile counts what is near"),
            (format!("{PROFILE}[near]\noutside = \"11 km\"\n"), "near is at most 10000 m"),
            (format!("{PROFILE}[near]\noutside = 50\n"), "a distance needs its unit; write \"50 m\""),
            (format!("{PROFILE}[near]\ntechnologies = []\n"), "without a technology nothing is near"),
            (format!("{PROFILE}[near]\nlokality = \"50 m\"\n"), "did you mean `locality`?"),
        ] {
            let told = read(&more).map(|_| ()).unwrap_err();
            assert!(told.contains(said), "{more}\n{told}");
        }
    }

    #[test]
    fn a_profile_that_counts_near_has_fifty_metres_from_fibre_unless_something_is_said() {
        let near = |more: &str| defaults::near(&read(more).unwrap().file);
        assert_eq!(near(""), None);
        assert_eq!(near("[[profiles]]\nuse = \"connected+passed+near\"\n"), Some(Near::default()));
        assert_eq!(near("[[profiles]]\nkey = \"a\"\nreach = [\"near\"]\n[near]\n"), Some(Near::default()));
        let said = near(
            "[[profiles]]\nkey = \"a\"\nreach = [\"near\"]\n[near]\nlocality = \"0,03 km\"\ntechnologies = [\"wired\"]\n",
        );
        let Near { distance, technologies } = said.unwrap();
        assert_eq!((distance.locality, distance.outside), (Metres::from_metres(30), Metres::from_metres(50)));
        assert_eq!(technologies.len(), 4);
    }
}
