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
