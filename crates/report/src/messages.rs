//! The words of a report: one file per language, the same keys in each.

use std::collections::BTreeMap;

use crate::locale::Locale;

/// The texts of one language, by dotted key.
#[derive(Debug, Clone)]
pub(crate) struct Messages {
    texts: BTreeMap<String, String>,
}

impl Messages {
    /// The texts of a language.
    pub(crate) fn of(locale: Locale) -> Self {
        let file = match locale {
            Locale::Sv => include_str!("../messages/sv.toml"),
            Locale::En => include_str!("../messages/en.toml"),
        };
        let mut texts = BTreeMap::new();
        if let Ok(table) = file.parse::<toml::Table>() {
            flatten(&table, "", &mut texts);
        }
        Self { texts }
    }

    /// A text without placeholders. A key that is missing, which tests rule out, shows itself.
    pub(crate) fn get(&self, key: &str) -> String {
        self.texts.get(key).cloned().unwrap_or_else(|| format!("[{key}]"))
    }

    /// A text if the key exists.
    pub(crate) fn find(&self, key: &str) -> Option<String> {
        self.texts.get(key).cloned()
    }

    /// A text with its placeholders filled in; the first letter is large when the text begins with one that should be.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.get(key);
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

fn flatten(table: &toml::Table, prefix: &str, out: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(inner, &key, out),
            toml::Value::String(text) => {
                out.insert(key, text.clone());
            }
            _ => {}
        }
    }
}

/// The text with a large first letter.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let (sv, en) = (Messages::of(Locale::Sv).texts, Messages::of(Locale::En).texts);
        assert!(sv.len() > 200, "the file was read");
        assert_eq!(sv.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in &sv {
            assert_eq!(placeholders(text), placeholders(&en[key]), "{key}");
            assert!(!text.is_empty() && !en[key].is_empty(), "{key}");
        }
    }

    /// Keys that the code puts together from a known word.
    const MADE: [&str; 33] = [
        "live.status-",
        "plans.aim-",
        "plans.shade-",
        "plans.ranking-",
        "kommun.lead-",
        "category.",
        "category-one.",
        "aid.column-",
        "unit.",
        "unit-one.",
        "unit-many.",
        "unit-all.",
        "level-one.",
        "level-many.",
        "settlement.",
        "factor.",
        "standing.",
        "technology.",
        "reach.",
        "role.",
        "action.",
        "finding.",
        "meaning.",
        "near.",
        "profile.only",
        "profile.without",
        "profile.with-",
        "profile.reach-",
        "delivery.what-",
        "delivery.right-",
        // The tab, the title and the note of a sheet, by its key.
        "tables.",
        // Workbooks are made in another crate, which asks for these by name.
        "review.",
        "open-data.",
    ];

    #[test]
    fn every_key_in_the_code_exists_and_every_key_is_used() {
        let texts = Messages::of(Locale::Sv).texts;
        let compose = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compose");
        let mut code = String::new();
        for folder in [compose.join("kommun"), compose.join("workbook"), compose] {
            let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
            code.extend(files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()));
        }
        let groups: BTreeSet<&str> =
            texts.keys().filter_map(|key| key.split_once('.')).map(|(group, _)| group).collect();
        let quoted: BTreeSet<&str> = code
            .split('"')
            .filter(|text| text.split_once('.').is_some_and(|(group, rest)| groups.contains(group) && !rest.is_empty()))
            .filter(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .collect();
        for key in &quoted {
            assert!(texts.contains_key(*key), "{key} is used and not written");
        }
        let used = |key: &str| quoted.contains(key) || MADE.iter().any(|group| key.starts_with(group));
        let idle: Vec<_> = texts.keys().filter(|key| key.contains('.') && !used(key)).collect();
        assert!(idle.is_empty(), "written and not used: {idle:?}");
    }

    #[test]
    fn every_key_of_a_workbook_has_its_words_and_its_lists_can_be_read() {
        use nittio_core::{review::Answer, service::Technology};
        let code = include_str!("../../io/src/review/export.rs");
        let keys: Vec<&str> =
            code.split('"').filter(|text| text.starts_with("review.") && !text.contains('{')).collect();
        assert!(keys.len() > 20, "the file was read");
        for locale in [Locale::Sv, Locale::En] {
            let messages = Messages::of(locale);
            for key in &keys {
                assert!(messages.find(key).is_some(), "{key}");
            }
            let answers: Vec<Answer> = messages.get("review.answers").split(',').map(|a| a.parse().unwrap()).collect();
            assert_eq!(answers, Answer::ALL);
            let technologies = messages.get("review.technologies");
            let technologies: Vec<Technology> = technologies.split(',').map(|t| t.parse().unwrap()).collect();
            assert!(Technology::ALL.iter().all(|technology| technologies.contains(technology)));
        }
    }

    #[test]
    fn every_key_of_open_data_has_its_words_and_every_word_is_used() {
        let code = [
            include_str!("../../io/src/write/open_data/catalogue.rs"),
            include_str!("../../io/src/write/open_data/package.rs"),
            include_str!("../../io/src/write/open_data/readme.rs"),
            include_str!("../../io/src/write/open_data/table.rs"),
        ];
        let quoted = code.iter().flat_map(|code| code.split('"'));
        let mut keys: BTreeSet<String> =
            quoted.filter(|text| text.starts_with("open-data.") && !text.contains('{')).map(str::to_owned).collect();
        keys.extend(["csv", "json", "geojson", "parquet", "gpkg"].map(|format| format!("open-data.format-{format}")));
        let texts = Messages::of(Locale::Sv).texts;
        let written: BTreeSet<String> = texts.into_keys().filter(|key| key.starts_with("open-data.")).collect();
        assert_eq!(keys, written);
    }

    #[test]
    fn every_finding_action_technology_settlement_and_unit_has_its_words() {
        use nittio_core::{
            diagnostic,
            safety::{Factor, Standing},
            service::Technology,
            settlement::Settlement,
        };
        let mut keys: Vec<String> = diagnostic::Finding::ALL
            .iter()
            .flat_map(|f| [format!("finding.{}", f.key()), format!("meaning.{}", f.key())])
            .collect();
        let actions = [
            diagnostic::Action::Dropped,
            diagnostic::Action::Repaired,
            diagnostic::Action::Unmatched,
            diagnostic::Action::Noted,
        ];
        keys.extend(actions.iter().map(|a| format!("action.{}", a.key())));
        keys.extend(Technology::ALL.iter().map(|t| format!("technology.{}", t.key())));
        keys.extend(Settlement::ALL.iter().map(|s| format!("settlement.{}", s.key())));
        keys.extend(Factor::ALL.iter().map(|f| format!("factor.{}", f.key())));
        let treatments = [
            "coordinate-error-varied",
            "coordinate-error-not-asked",
            "near-distance-varied",
            "near-distance-not-asked",
            "near-distance-nothing",
            "unmatched-varied",
            "unmatched-nothing",
            "plans-varied",
            "plans-beside",
            "plans-nothing",
        ];
        keys.extend(treatments.iter().map(|t| format!("factor.{t}")));
        let standings = [Standing::Holds, Standing::MayNotHold, Standing::MayHold, Standing::DoesNotHold];
        keys.extend(standings.iter().chain(&[Standing::NotMeasured]).map(|s| format!("standing.{}", s.key())));
        for form in ["unit", "unit-one", "unit-many", "unit-all"] {
            let units = ["places", "population", "households", "workplaces", "jobs", "buildings"];
            keys.extend(units.iter().map(|unit| format!("{form}.{unit}")));
        }
        for locale in [Locale::Sv, Locale::En] {
            let messages = Messages::of(locale);
            for key in &keys {
                assert!(messages.find(key).is_some(), "{key} in {locale:?}");
            }
        }
    }
}
