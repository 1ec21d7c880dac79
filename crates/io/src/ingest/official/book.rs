//! The areas of a study, to be found by what files of official figures call them.

use std::collections::{BTreeMap, BTreeSet};

use nittio_core::area::Level;

/// The areas of the levels that are asked about.
pub(super) struct Book<'a> {
    levels: &'a [Level],
    only: Option<usize>,
    /// By code without leading zeros.
    stripped: BTreeMap<&'a str, Vec<(usize, usize)>>,
    /// By name as [`plain`] makes it.
    named: BTreeMap<String, Vec<(usize, usize)>>,
    /// How long codes are, and their first two characters.
    beginnings: BTreeSet<(usize, &'a str)>,
}

/// What a code or a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// An area: index of level and area.
    Area(usize, usize),
    /// An area whose code had lost its leading zeros.
    Mended(usize, usize),
    /// The whole country.
    Country,
    /// Several areas.
    Several(Vec<(usize, usize)>),
    /// An area that the study does not have; `near` when its neighbours are there, so that it may be a slip.
    Elsewhere { near: bool },
    /// No code and no name.
    Nothing,
}

const COUNTRY: [&str; 5] = ["riket", "sverige", "hela riket", "sweden", "totalt riket"];

impl<'a> Book<'a> {
    pub(super) fn new(levels: &'a [Level], only: Option<usize>) -> Self {
        let mut book =
            Self { levels, only, stripped: BTreeMap::new(), named: BTreeMap::new(), beginnings: BTreeSet::new() };
        for (l, level) in levels.iter().enumerate().filter(|&(l, _)| only.is_none_or(|only| only == l)) {
            for (a, area) in level.areas.iter().enumerate() {
                let code = area.code.as_str();
                if is_number(code) {
                    book.stripped.entry(code.trim_start_matches('0')).or_default().push((l, a));
                }
                book.named.entry(plain(&area.name)).or_default().push((l, a));
                book.beginnings.insert((code.len(), code.get(..2).unwrap_or(code)));
            }
        }
        book
    }

    /// What a code, or a code with a name after it, stands for. `kolada` has the codes of län as 0001 to 0025.
    pub(super) fn by_code(&self, text: &str, kolada: bool) -> Found {
        let (code, name) = split(text);
        if code.is_empty() {
            return if COUNTRY.contains(&plain(name).as_str()) { Found::Country } else { Found::Nothing };
        }
        if let Some(found) = self.exactly(code) {
            return found;
        }
        if kolada && code.len() == 4 && code.starts_with("00") && is_number(code) {
            return match &code[2..] {
                "00" => Found::Country,
                county => self.exactly(county).unwrap_or(Found::Elsewhere { near: false }),
            };
        }
        if !is_number(code) {
            return Found::Nothing;
        }
        let bare = code.trim_start_matches('0');
        let longer = |&&(l, a): &&(usize, usize)| self.levels[l].areas[a].code.len() > code.len();
        let several: Vec<_> = self.stripped.get(bare).into_iter().flatten().filter(longer).copied().collect();
        match several.as_slice() {
            [] if bare.is_empty() => Found::Country,
            [] => self.elsewhere(code),
            &[(l, a)] => Found::Mended(l, a),
            _ => Found::Several(several),
        }
    }

    /// What a name stands for.
    pub(super) fn by_name(&self, text: &str) -> Found {
        let name = plain(text);
        if name.is_empty() {
            return Found::Nothing;
        }
        if COUNTRY.contains(&name.as_str()) {
            return Found::Country;
        }
        match self.named.get(&name).map(Vec::as_slice) {
            Some(&[(l, a)]) => Found::Area(l, a),
            Some(several) => Found::Several(several.to_vec()),
            None => Found::Elsewhere { near: false },
        }
    }

    /// Whether a name may be that of an area: alike but for a genitive and the word kommun.
    pub(super) fn is_called(&self, (l, a): (usize, usize), name: &str) -> bool {
        let (own, other) = (plain(&self.levels[l].areas[a].name), plain(name));
        other.is_empty() || own == other || own.trim_end_matches('s') == other.trim_end_matches('s')
    }

    /// An area as a person would call it.
    pub(super) fn called(&self, (l, a): (usize, usize)) -> String {
        let area = &self.levels[l].areas[a];
        if area.name == area.code { area.code.clone() } else { format!("{} {}", area.code, area.name) }
    }

    fn exactly(&self, code: &str) -> Option<Found> {
        let of_level = |(l, level): (usize, &Level)| Some((l, level.find(code)? as usize));
        let levels = self.levels.iter().enumerate().filter(|&(l, _)| self.only.is_none_or(|only| only == l));
        let found: Vec<(usize, usize)> = levels.filter_map(of_level).collect();
        match found.as_slice() {
            [] => None,
            &[(l, a)] => Some(Found::Area(l, a)),
            _ => Some(Found::Several(found)),
        }
    }

    /// A code of the form of the study's is near when one of its areas begins alike. Three digits may have lost a zero.
    fn elsewhere(&self, code: &str) -> Found {
        let padded = if code.len() == 3 { format!("0{code}") } else { code.to_owned() };
        let near = padded.len() > 2 && self.beginnings.contains(&(padded.len(), padded.get(..2).unwrap_or_default()));
        Found::Elsewhere { near }
    }
}

/// Code and name: `0680 Jönköping` is both, `0680` a code, `Jönköping` a name.
pub(super) fn split(text: &str) -> (&str, &str) {
    let (first, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let is_code = first.chars().any(|c| c.is_ascii_digit()) || (rest.is_empty() && first.len() <= 2);
    if is_code { (first, rest.trim()) } else { ("", text.trim()) }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A name without what is written one way here and another way there.
fn plain(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // A star, or a number with a bracket, points to a note.
    let name = name.trim_end_matches('*').trim_end();
    let name =
        name.strip_suffix(')').map_or(name, |name| name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end());
    ["s kommun", " kommun", "s stad", " stad"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use nittio_core::area::Area;

    use super::*;

    fn level(key: &str, areas: &[(&str, &str)]) -> Level {
        let area = |&(code, name): &(&str, &str)| Area { code: code.to_owned(), name: name.to_owned(), geometry: None };
        Level { key: key.to_owned(), areas: areas.iter().map(area).collect(), derived: None }
    }

    fn levels() -> [Level; 2] {
        [
            level("municipality", &[("0680", "Jönköping"), ("0682", "Nässjö"), ("1080", "Karlskrona")]),
            level("county", &[("06", "Jönköpings län"), ("10", "Blekinge län")]),
        ]
    }

    #[test]
    fn codes_are_found_with_and_without_their_zeros_and_names() {
        let levels = levels();
        let book = Book::new(&levels, None);
        for (text, found) in [
            ("0680", Found::Area(0, 0)),
            ("0680 Jönköping", Found::Area(0, 0)),
            ("680", Found::Mended(0, 0)),
            ("1080", Found::Area(0, 2)),
            ("06", Found::Area(1, 0)),
            ("6", Found::Mended(1, 0)),
            ("10", Found::Area(1, 1)),
            ("00", Found::Country),
            ("0", Found::Country),
            ("00 Riket", Found::Country),
            ("Riket", Found::Country),
            ("0681", Found::Elsewhere { near: true }),
            ("681", Found::Elsewhere { near: true }),
            ("0180", Found::Elsewhere { near: false }),
            ("Källa: PTS", Found::Nothing),
        ] {
            assert_eq!(book.by_code(text, false), found, "{text}");
        }
    }

    #[test]
    fn kolada_has_two_zeros_before_the_code_of_a_county() {
        let levels = levels();
        let book = Book::new(&levels, None);
        assert_eq!(book.by_code("0006", true), Found::Area(1, 0));
        assert_eq!(book.by_code("0000", true), Found::Country);
        assert_eq!(book.by_code("0020", true), Found::Elsewhere { near: false });
        assert_eq!(book.by_code("0682", true), Found::Area(0, 1));
    }

    #[test]
    fn a_code_that_could_have_lost_zeros_in_two_ways_is_told() {
        let levels = [level("ward", &[("007", "A"), ("07", "B")])];
        let book = Book::new(&levels, None);
        assert_eq!(book.by_code("7", false), Found::Several(vec![(0, 0), (0, 1)]));
        assert_eq!(book.by_code("07", false), Found::Area(0, 1));
    }

    #[test]
    fn a_code_of_two_levels_needs_to_know_which_one() {
        let levels = [level("a", &[("1", "A")]), level("b", &[("1", "B")])];
        assert_eq!(Book::new(&levels, None).by_code("1", false), Found::Several(vec![(0, 0), (1, 0)]));
        assert_eq!(Book::new(&levels, Some(1)).by_code("1", false), Found::Area(1, 0));
    }

    #[test]
    fn names_are_the_same_with_and_without_the_word_kommun() {
        let levels = levels();
        let book = Book::new(&levels, None);
        assert_eq!(book.by_name("JÖNKÖPING"), Found::Area(0, 0));
        assert_eq!(book.by_name("Jönköpings kommun"), Found::Area(0, 0));
        assert_eq!(book.by_name("Jönköpings län"), Found::Area(1, 0));
        assert_eq!(book.by_name("Ale"), Found::Elsewhere { near: false });
        assert!(book.is_called((0, 0), "Jönköpings kommun") && !book.is_called((0, 0), "Nässjö"));
    }
}
