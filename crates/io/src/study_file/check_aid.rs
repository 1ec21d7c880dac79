//! What a study file says of state aid and support, checked against itself.

use nittio_core::service::Status;

use super::{check::Check, load::At, technologies::TechnologyList};

/// The longest horizon of plans.
const LONGEST: u8 = 50;

impl Check<'_> {
    pub(super) fn aid(&mut self) {
        let file = self.file;
        if let Some(said) = &file.state_aid {
            self.networks("state_aid", said.technologies.as_ref(), said.horizon_years, said.planned_status.as_deref());
            if said.black_from.is_some_and(|from| from < 2) {
                self.wrong_at(
                    &[At::Key("state_aid"), At::Key("black_from")],
                    "a place with one network is grey, so black begins with two or more",
                    "write black_from = 2, or take the line away",
                );
            }
        }
        if let Some(said) = &file.support {
            self.networks("support", said.technologies.as_ref(), said.horizon_years, said.planned_status.as_deref());
            if said.outside_localities.unwrap_or(true) && file.settlements.is_empty() {
                self.wrong_at(
                    &[At::Key("support")],
                    "support is for places outside localities (tätorter), and this study does not say where those are",
                    "add [[settlements]]; or write outside_localities = false, and places everywhere are looked at",
                );
            }
        }
    }

    fn networks(
        &mut self,
        section: &'static str,
        technologies: Option<&TechnologyList>,
        horizon: Option<u8>,
        statuses: Option<&[Status]>,
    ) {
        if technologies.is_some_and(|list| list.0.is_empty()) {
            self.wrong_at(
                &[At::Key(section), At::Key("technologies")],
                "without a technology no network counts",
                "write technologies = [\"fixed\"], or take the line away",
            );
        }
        if horizon.is_some_and(|years| years > LONGEST) {
            self.wrong_at(
                &[At::Key(section), At::Key("horizon_years")],
                format!("plans count for at most {LONGEST} years"),
                "PTS looks three years ahead: horizon_years = 3",
            );
        }
        if statuses.is_some_and(|statuses| statuses.iter().any(|s| matches!(s, Status::InService | Status::Candidate)))
        {
            self.wrong_at(
                &[At::Key(section), At::Key("planned_status")],
                "what is planned is under construction or planned",
                "write planned_status = [\"under-construction\"], or [\"under-construction\", \"planned\"]",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use nittio_core::{quantity::Speed, service::Technology};

    use crate::study_file::{defaults, least::study as read};

    #[test]
    fn what_counts_nothing_or_needs_more_is_refused_with_what_would_be_right() {
        for (more, said) in [
            ("[state_aid]\nblack_from = 1\n", "black begins with two or more"),
            ("[state_aid]\ntechnologies = []\n", "without a technology no network counts"),
            ("[state_aid]\nhorizon_years = 51\n", "at most 50 years"),
            ("[state_aid]\nplanned_status = [\"in-service\"]\n", "under construction or planned"),
            ("[state_aid]\ndown = 100\n", "100 Mbit/s"),
            ("[support]\n", "add [[settlements]]"),
            ("[support]\noutside_localities = false\ntechnologies = [\"fibre\", \"-fibre\"]\n", "no network counts"),
            ("[support]\noutside_localitys = false\n", "did you mean `outside_localities`?"),
        ] {
            let told = read(more).map(|_| ()).unwrap_err();
            assert!(told.contains(said), "{more}\n{told}");
        }
    }

    #[test]
    fn a_study_that_asks_has_the_built_in_rule_but_for_what_it_says_itself() {
        let rules = |more: &str| defaults::aid(&read(more).unwrap().file).unwrap();
        assert_eq!(rules("").state_aid, None);
        let plain = rules("[state_aid]\n").state_aid.unwrap();
        assert_eq!((plain.fixed.down, plain.black_from), (Speed::from_mbps(100), 2));
        let own = rules("[state_aid]\ndown = \"30 Mbit/s\"\ntechnologies = [\"fibre\"]\n").state_aid.unwrap();
        assert_eq!(own.fixed.down, Speed::from_mbps(30));
        assert_eq!(own.fixed.technologies.into_iter().collect::<Vec<_>>(), [Technology::Fibre]);
        assert_eq!(own.fixed.horizon_years, 3);
        assert_eq!(own.sources.len(), plain.sources.len() + 1, "the study is a source of its own values");
        assert!(own.sources.iter().any(|source| source.title == "the study file, [state_aid]: down, technologies"));
        let support = rules("[support]\noutside_localities = false\n").support.unwrap();
        assert!(!support.outside_localities);
    }
}
