//! A scenario as a person types it, in one line: the same fields as `[[scenarios]]` has.
//!
//! ```text
//! plans: add status=planned,under-construction technology=fibre
//! 2030: day=2030-12-31; remove technology=vdsl,xdsl from=2028-12-31; replace technology=cable by down="1 Gbit/s"
//! ```
//!
//! What is typed is written out as the study file would have it, and then read and checked by the same code. Errors point at
//! what was typed.

use std::{ops::Range, path::PathBuf, sync::Arc};

use nittio_core::{near::Near, profile::Profile, service::Services};
use serde::Deserialize;

use super::{
    check,
    error::{Source, StudyFileError, StudyFileErrors},
    load::Loaded,
    scenarios::{self, Posed, ScenarioEntry},
    wording,
};

/// What errors call the text.
const NAME: &str = "--scenario";

/// What a rule does to services.
const LISTS: [&str; 3] = ["add", "remove", "replace"];

/// What a scenario says once.
const SETTINGS: [&str; 3] = ["name", "base", "day"];

/// Fields of a rule that hold several values, with what one of them is called.
const SEVERAL: [(&str, &str); 5] = [
    ("operators", "operator"),
    ("owners", "owner"),
    ("projects", "project"),
    ("technologies", "technology"),
    ("statuses", "status"),
];

const EXAMPLE: &str = "write, for example: plans: add status=planned technology=fibre; remove operator=\"Kabel AB\"";

/// A scenario that was typed, read and checked.
#[derive(Debug, Clone)]
pub struct Typed {
    /// A study file that has this scenario and no other.
    loaded: Loaded,
    written: Written,
    source: Arc<Source>,
}

#[derive(Deserialize)]
struct Piece {
    scenarios: Vec<ScenarioEntry>,
}

/// Reads scenarios that are asked of a study beside its own.
///
/// # Errors
/// When one of them cannot be read, says nothing, or has a key that is taken; errors point into the text.
pub fn read(texts: &[String], study: &Loaded) -> Result<Vec<Typed>, StudyFileErrors> {
    let mut all: Vec<Typed> = Vec::new();
    for text in texts {
        let typed = one(text, study)?;
        let taken = |key: &str| {
            let own = study.file.scenarios.iter().map(|entry| entry.key.get_ref().as_str());
            own.chain(all.iter().map(Typed::key)).any(|other| other == key)
        };
        if taken(typed.key()) {
            let span = typed.loaded.file.scenarios.first().map_or(0..0, |entry| entry.key.span());
            let message = format!("there is a scenario with the key {:?} already", typed.key());
            let error = typed.loaded.error_at(span, message, Some("give this one a key of its own"));
            return Err(typed.pointed(&error).into());
        }
        all.push(typed);
    }
    Ok(all)
}

fn one(text: &str, study: &Loaded) -> Result<Typed, StudyFileErrors> {
    let source = Arc::new(Source { path: PathBuf::from(NAME), text: Arc::from(text) });
    let written =
        Written::of(text).map_err(|wrong| StudyFileError::new(&source, wrong.at, wrong.message, Some(wrong.help)))?;
    let pointed = |span: Range<usize>, message: String, help: Option<String>| {
        StudyFileError::new(&source, written.typed(span), message, help)
    };
    let piece: Piece = toml::from_str(&written.text).map_err(|error| {
        let said = wording::reword(error.message(), "");
        pointed(error.span().unwrap_or(0..0), said.message, said.help)
    })?;
    let mut loaded = study.clone();
    loaded.file.scenarios = piece.scenarios;
    loaded.text = Arc::from(written.text.as_str());
    loaded.path = PathBuf::from(NAME);
    let typed = Typed { loaded, written, source };
    let problems = check::scenario_problems(&typed.loaded);
    StudyFileErrors::unless_none(problems.iter().map(|error| typed.pointed(error)).collect())?;
    Ok(typed)
}

impl Typed {
    /// The scenario's key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.loaded.file.scenarios.first().map_or("", |entry| entry.key.get_ref())
    }

    /// What it comes to, now that the study's services are known.
    ///
    /// # Errors
    /// As for the scenarios of a study file.
    pub fn pose(
        &self,
        services: &Services,
        near: Option<&Near>,
        profiles: &[Profile],
    ) -> Result<Option<Posed>, StudyFileError> {
        let posed = scenarios::pose(&self.loaded, services, near, profiles);
        Ok(posed.map_err(|error| self.pointed(&error))?.pop())
    }

    /// An error about what was written out, as one about what was typed.
    fn pointed(&self, error: &StudyFileError) -> StudyFileError {
        let (message, help) = (error.message().to_owned(), error.help().map(str::to_owned));
        StudyFileError::new(&self.source, self.written.typed(error.span()), message, help)
    }
}

/// Something that cannot be read.
#[derive(Debug)]
struct Wrong {
    at: Range<usize>,
    message: String,
    help: String,
}

fn wrong(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Wrong {
    Wrong { at, message: message.into(), help: help.into() }
}

/// The scenario as the study file would have it, and where each part of that was typed.
#[derive(Debug, Clone, Default)]
struct Written {
    text: String,
    /// Where in `text`, and where in what was typed; in order.
    parts: Vec<(Range<usize>, Range<usize>)>,
    /// How long what was typed is.
    length: usize,
}

/// A field as it was typed: its name, and its values.
#[derive(Debug, Clone)]
struct Field {
    name: Word,
    values: Vec<Word>,
}

/// A few letters and where they stand.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    at: Range<usize>,
}

/// A rule: its fields, and what services are instead.
#[derive(Debug, Clone)]
struct Rule {
    list: Word,
    fields: Vec<Field>,
    by: Option<(Word, Vec<Field>)>,
}

impl Written {
    fn of(text: &str) -> Result<Self, Wrong> {
        let mut out = Self { length: text.len(), ..Self::default() };
        let colon = text.find(':').filter(|&at| !text[..at].contains(['=', ';', '"']));
        let Some(colon) = colon else {
            let first = text.find(char::is_whitespace).unwrap_or(text.len());
            return Err(wrong(0..first, "a scenario begins with its key and a colon", EXAMPLE));
        };
        let key = text[..colon].trim();
        let start = text.find(key).unwrap_or(0);
        let key = Word { text: key.to_owned(), at: start..start + key.len().max(1) };
        let (settings, rules) = clauses(text, colon + 1)?;
        out.push("[[scenarios]]\nkey = ");
        out.value(&key);
        for Field { name, values } in &settings {
            out.push("\n");
            out.part(&name.text, &name.at);
            out.push(" = ");
            out.values(values, false);
        }
        for list in LISTS {
            let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.list.text == list).collect();
            if rules.is_empty() {
                continue;
            }
            out.push(&format!("\n{list} = ["));
            for rule in rules {
                // Where a rule says nothing there is still its first word to point at.
                out.part("{ ", &rule.list.at);
                out.fields(&rule.fields, true);
                if let Some((by, fields)) = &rule.by {
                    out.part(if rule.fields.is_empty() { "by" } else { ", by" }, &by.at);
                    out.push(" = { ");
                    out.fields(fields, false);
                    out.push(" }");
                }
                out.push(" }, ");
            }
            out.push("]");
        }
        out.push("\n");
        Ok(out)
    }

    fn push(&mut self, text: &str) {
        self.text += text;
    }

    fn part(&mut self, text: &str, typed: &Range<usize>) {
        let start = self.text.len();
        self.text += text;
        self.parts.push((start..self.text.len(), typed.clone()));
    }

    fn value(&mut self, word: &Word) {
        let quoted = toml::Value::String(word.text.clone()).to_string();
        self.part(&quoted, &word.at);
    }

    fn values(&mut self, values: &[Word], several: bool) {
        if let ([value], false) = (values, several) {
            return self.value(value);
        }
        self.push("[");
        for value in values {
            self.value(value);
            self.push(", ");
        }
        self.push("]");
    }

    fn fields(&mut self, fields: &[Field], of_rule: bool) {
        for (number, Field { name, values }) in fields.iter().enumerate() {
            if number > 0 {
                self.push(", ");
            }
            let written = name.text.replace('-', "_");
            let several = SEVERAL.into_iter().find(|(many, one)| of_rule && (written == *many || written == *one));
            self.part(several.map_or(written.as_str(), |(many, _)| many), &name.at);
            self.push(" = ");
            self.values(values, several.is_some());
        }
    }

    /// Where a part of what was written out was typed: everything that it overlaps; all of it where that is nothing.
    fn typed(&self, span: Range<usize>) -> Range<usize> {
        let overlaps = |part: &Range<usize>| part.start < span.end.max(span.start + 1) && span.start < part.end;
        let found = self.parts.iter().filter(|(written, _)| overlaps(written)).map(|(_, typed)| typed);
        let all = found.fold(None, |all: Option<Range<usize>>, typed| {
            Some(all.map_or(typed.clone(), |all| all.start.min(typed.start)..all.end.max(typed.end)))
        });
        all.unwrap_or(0..self.length)
    }
}

/// What stands between semicolons: settings and rules.
fn clauses(text: &str, from: usize) -> Result<(Vec<Field>, Vec<Rule>), Wrong> {
    let (mut settings, mut rules) = (Vec::new(), Vec::new());
    let mut reader = Reader { text, at: from };
    loop {
        let Some(word) = reader.word()? else {
            if reader.take(';') {
                continue;
            }
            return Ok((settings, rules));
        };
        if reader.next() == Some('=') {
            if !SETTINGS.contains(&word.text.as_str()) {
                let message = format!("`{}` is not said of a scenario as a whole", word.text);
                return Err(wrong(
                    word.at,
                    message,
                    format!("{} are; a rule begins with {}", SETTINGS.join(", "), LISTS.join(", ")),
                ));
            }
            settings.push(Field { values: reader.values()?, name: word });
            continue;
        }
        if !LISTS.contains(&word.text.as_str()) {
            let message = format!("{:?} is not what can become of services", word.text);
            return Err(wrong(word.at, message, format!("a rule begins with {}; {EXAMPLE}", LISTS.join(", "))));
        }
        let mut rule = Rule { list: word, fields: Vec::new(), by: None };
        while let Some(word) = reader.word()? {
            if reader.next() == Some('=') {
                let field = Field { values: reader.values()?, name: word };
                rule.by.as_mut().map_or(&mut rule.fields, |(_, fields)| fields).push(field);
            } else if word.text == "by" && rule.by.is_none() {
                rule.by = Some((word, Vec::new()));
            } else {
                let message = format!("{:?} does not say what of the services", word.text);
                let help = "write fields with their values, several with commas and names with spaces in quotation marks: operator=\"Kabel AB\" technology=vdsl,xdsl";
                return Err(wrong(word.at, message, help));
            }
        }
        rules.push(rule);
    }
}

/// Reads words and values one after the other.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// The next character that is no space.
    fn next(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.next() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// A word up to the next space or sign; `None` at the end of a clause.
    fn word(&mut self) -> Result<Option<Word>, Wrong> {
        match self.next() {
            None | Some(';') => return Ok(None),
            Some(sign @ ('=' | ',' | '"')) => {
                return Err(wrong(self.at..self.at + 1, format!("a word is missing before {sign:?}"), EXAMPLE));
            }
            _ => {}
        }
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| c.is_whitespace() || "=,;\"".contains(c)).unwrap_or(rest.len());
        let at = self.at..self.at + length;
        self.at = at.end;
        Ok(Some(Word { text: self.text[at.clone()].to_owned(), at }))
    }

    /// What stands after a field's name: `= value, value`.
    fn values(&mut self) -> Result<Vec<Word>, Wrong> {
        self.take('=');
        let mut values = vec![self.value()?];
        while self.take(',') {
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn value(&mut self) -> Result<Word, Wrong> {
        if !self.take('"') {
            let start = self.at;
            return self.word().ok().flatten().ok_or_else(|| {
                let end = (start..=self.text.len()).skip(1).find(|&at| self.text.is_char_boundary(at)).unwrap_or(start);
                wrong(start.saturating_sub(usize::from(end == start))..end, "a value is missing here", EXAMPLE)
            });
        }
        let start = self.at;
        let Some(length) = self.text[start..].find('"') else {
            return Err(wrong(start - 1..self.text.len(), "this quotation mark is not closed", EXAMPLE));
        };
        self.at = start + length + 1;
        Ok(Word { text: self.text[start..start + length].to_owned(), at: start - 1..self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study_file::least;

    fn study(more: &str) -> Loaded {
        least::study(&format!("[[scenarios]]\nkey = \"own\"\nremove = [{{ operators = [\"X\"] }}]\n{more}")).unwrap()
    }

    #[test]
    fn what_is_typed_is_what_a_study_file_would_say() {
        for (typed, written) in [
            (
                "plans: add status=planned,under-construction technology=fibre",
                "key = \"plans\"\nadd = [{ statuses = [\"planned\", \"under-construction\"], technologies = [\"fibre\"] }]",
            ),
            (
                "2030 : name=\"Utan koppar\" day=2030-12-31; remove technologies = vdsl , xdsl from=2028-12-31;remove owner=\"Å\u{a0}B\"",
                "key = \"2030\"\nname = \"Utan koppar\"\nday = 2030-12-31\nremove = [{ technologies = [\"vdsl\", \"xdsl\"], from = 2028-12-31 }, { owners = [\"Å\u{a0}B\"] }]",
            ),
            (
                "up: base=connected; replace down-below=\"1 Gbit/s\" technology=cable by down=\"1 Gbit/s\" up=\"100 Mbit/s\"; add project=\"C:\\byn; och 'mer'\"",
                "key = \"up\"\nbase = \"connected\"\nadd = [{ projects = [\"C:\\\\byn; och 'mer'\"] }]\nreplace = [{ down_below = \"1 Gbit/s\", technologies = [\"cable\"], by = { down = \"1 Gbit/s\", up = \"100 Mbit/s\" } }]",
            ),
        ] {
            let profiles = "[[profiles]]\nuse = \"connected\"\n";
            let typed = one(typed, &study(profiles)).unwrap();
            let in_file = least::study(&format!("{profiles}[[scenarios]]\n{written}\n"));
            let in_file = in_file.unwrap().file.scenarios.remove(0);
            let said = |entry: &ScenarioEntry| {
                let ScenarioEntry { key, name, base, day, add, remove, replace } = entry;
                let base = base.as_ref().map(|base| base.get_ref().clone());
                format!("{:?} {name:?} {base:?} {day:?} {add:?} {remove:?} {replace:?}", key.get_ref())
            };
            assert_eq!(said(&typed.loaded.file.scenarios[0]), said(&in_file));
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at_where_it_was_typed() {
        for (typed, under, said) in [
            ("add status=planned", "add", "begins with its key and a colon"),
            ("a: bygg status=planned", "bygg", "a rule begins with add, remove, replace"),
            ("a: add status=planed", "planed", "planned"),
            ("a: add operatr=X", "operatr", "did you mean `operators`?"),
            ("a: remove technology=vdsl,4gg", "vdsl,4gg", "not a known technology"),
            ("a: add operator=", "=", "a value is missing"),
            ("a: add operator=\"Kabel", "\"Kabel", "not closed"),
            ("a: add operator=X Y", "Y", "quotation marks"),
            ("a: add", "add", "does not say which services"),
            ("a: replace operator=X", "replace operator=X", "what the services are instead"),
            ("a: add operator=X by down=\"1 Gbit/s\"", "by", "`by` changes nothing in `add`"),
            ("a: remove operator=X from=2026-01-01", "from", "give the scenario a later day"),
            ("a: remove operator=X from=soon", "soon", "is not a date"),
            ("a: base=conected; remove operator=X", "conected", "is not a known profile"),
            ("a: colour=red; remove operator=X", "colour", "name, base, day"),
            ("own: remove operator=X", "own", "already"),
            ("a:", "a:", "changes nothing"),
            ("base: remove operator=X", "base", "stands for the study as it is"),
            ("a: remove operator=X operator=Y", "operator", "duplicate key"),
        ] {
            let errors = read(&[typed.to_owned()], &study("")).map(|_| ()).unwrap_err();
            let error = &errors.as_slice()[0];
            assert_eq!(&typed[error.span()], under, "{typed}\n{error}");
            assert!(errors.to_string().contains(said), "{typed}\n{errors}");
            assert!(errors.to_string().contains("--scenario"), "{errors}");
        }
        let twice = ["a: remove operator=X", "a: remove operator=X"].map(str::to_owned);
        assert!(read(&twice, &study("")).is_err());
    }
}
