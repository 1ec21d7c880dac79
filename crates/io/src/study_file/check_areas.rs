//! What a study file says of levels of areas, checked against itself.

use std::{collections::BTreeSet, ops::Range};

use super::{AreasSource, check::Check, load::At, wording::nearest};

impl Check<'_> {
    pub(super) fn areas(&mut self) {
        for (key, level) in &self.file.areas {
            let way = [At::Key("areas"), At::Key(key)];
            if let Some(file) = &level.file {
                self.file_source(file);
                if level.code.is_none() {
                    self.wrong(
                        file.path.span(),
                        "this file of areas does not say which column has the codes",
                        "add, for example: code = \"kommunkod\"",
                    );
                }
            }
            if key == "total" {
                self.wrong_at(&way, "a level cannot be called `total`", "that name stands for all places together");
            } else if !is_snake_case(key) {
                self.wrong_at(
                    &way,
                    format!("{key:?} is not a name for a level"),
                    "use small letters a to z, digits and _, beginning with a letter: my_level",
                );
            }
            self.source_of_level(key, level);
        }
        self.codes();
        self.cycles();
    }

    fn source_of_level(&mut self, key: &str, level: &AreasSource) {
        let way = [At::Key("areas"), At::Key(key)];
        let coded = self.file.places.iter().any(|source| source.codes.contains_key(key));
        match (&level.from, level.digits) {
            (Some(from), digits) => {
                if !self.file.areas.contains_key(from.get_ref()) {
                    self.no_such_level(from.span(), from.get_ref());
                }
                if digits.is_none() {
                    self.wrong(
                        from.span(),
                        "`from` needs to know how many characters of the other level's code are this one's",
                        "add, for example: digits = 2",
                    );
                }
            }
            (None, Some(_)) => self.wrong_at(
                &[way[0], way[1], At::Key("digits")],
                "`digits` says how much of another level's code is this one's, but there is no `from`",
                "add, for example: from = \"municipality\"",
            ),
            (None, None) if level.file.is_none() && !coded => self.wrong_at(
                &way,
                format!("nothing says which places are in which `{key}`"),
                format!(
                    "give the level a file with borders (path), or another level (from, digits), or in [[places]] the column: codes = {{ {key} = \"…\" }}"
                ),
            ),
            (None, None) => {}
        }
        if level.digits == Some(0) {
            self.wrong_at(&[way[0], way[1], At::Key("digits")], "`digits` is at least 1", "a county has 2 of 4");
        }
    }

    pub(super) fn no_such_level(&mut self, at: Range<usize>, name: &str) {
        let known: Vec<&str> = self.file.areas.keys().map(String::as_str).collect();
        let message = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("there is no level `{name}`; did you mean `{meant}`?"),
            None => format!("there is no level `{name}`"),
        };
        let has = if known.is_empty() { "has none".to_owned() } else { format!("has {}", known.join(", ")) };
        self.wrong(at, message, format!("the study {has}; add a level with a section [areas.{name}]"));
    }

    fn codes(&mut self) {
        for (i, source) in self.file.places.iter().enumerate() {
            for (level, column) in &source.codes {
                self.filled(column, level);
                if !self.file.areas.contains_key(level) {
                    let way = [At::Key("places"), At::Item(i), At::Key("codes"), At::Key(level)];
                    self.no_such_level(self.loaded.span_of(&way), level);
                }
            }
        }
    }

    /// Levels that follow from each other in a circle: each circle is told once, at its first level.
    fn cycles(&mut self) {
        let from = |key: &str| self.file.areas.get(key)?.from.as_ref().map(|from| from.get_ref().as_str());
        let mut told = BTreeSet::new();
        let mut circles = Vec::new();
        for key in self.file.areas.keys() {
            let mut way = vec![key.as_str()];
            while let Some(next) = way.last().and_then(|last| from(last))
                && !told.contains(next)
            {
                if next == key {
                    circles.push(way.join(" from "));
                    told.extend(way.iter().copied());
                    break;
                }
                if way.contains(&next) {
                    break;
                }
                way.push(next);
            }
        }
        for circle in circles {
            let first = circle.split(' ').next().unwrap_or("").to_owned();
            self.wrong_at(
                &[At::Key("areas"), At::Key(&first), At::Key("from")],
                format!("levels follow from each other in a circle: {circle} from {first}"),
                "let one of them have a file, or a column in [[places]], and no `from`",
            );
        }
    }
}

fn is_snake_case(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
