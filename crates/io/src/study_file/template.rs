//! The commented study file that `nittio init` writes.

use super::Locale;

/// A study file to begin with, with comments in this language.
///
/// Every section is there. Prose is commented with `# `, a line that is optional with `#` alone.
#[must_use]
pub const fn template(locale: Locale) -> &'static str {
    match locale {
        Locale::Sv => include_str!("template.sv.toml"),
        Locale::En => include_str!("template.en.toml"),
    }
}

/// The template with its optional lines in force.
#[cfg(test)]
pub(super) fn with_everything(locale: Locale) -> String {
    let uncomment = |line: &'static str| match line.strip_prefix('#') {
        Some(optional) if !optional.is_empty() && !optional.starts_with(' ') => optional,
        _ => line,
    };
    template(locale).lines().map(|line| uncomment(line).to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::study_file::load::parse;

    #[test]
    fn the_template_is_a_right_study_file_in_both_languages() {
        for locale in [Locale::Sv, Locale::En] {
            let loaded = parse(template(locale), Path::new("nittio.toml"));
            let file = loaded.unwrap_or_else(|errors| panic!("{errors}")).file;
            assert_eq!(file.study.locale, locale);
            assert_eq!((file.places.len(), file.footprints.len(), file.offers.len()), (1, 1, 0));
        }
    }

    #[test]
    fn the_optional_parts_are_right_too_when_they_are_uncommented() {
        for locale in [Locale::Sv, Locale::En] {
            let loaded = parse(&with_everything(locale), Path::new("nittio.toml"));
            let file = loaded.unwrap_or_else(|errors| panic!("{errors}")).file;
            assert_eq!((file.offers.len(), file.settlements.len(), file.profiles.len()), (1, 1, 3));
            assert_eq!((file.goals.len(), file.areas.len()), (2, 2));
            assert!(file.report.goal.is_some() && file.report.unit.is_some() && file.report.level.is_some());
        }
    }

    #[test]
    fn both_languages_say_the_same() {
        let settings = |locale| {
            let said = with_everything(locale);
            let kept: Vec<String> = said
                .lines()
                .filter(|line| !line.starts_with('#') && !line.contains(" = "))
                .map(str::to_owned)
                .collect();
            kept
        };
        assert_eq!(settings(Locale::Sv), settings(Locale::En), "the sections, in their order");
    }
}
