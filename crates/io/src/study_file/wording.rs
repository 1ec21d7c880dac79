//! What the TOML reader says, in words for a person: what is wrong, and what would be right.

/// A message and, where there is more to say, a help text.
pub(super) struct Said {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Rewords an error of the TOML reader. `line` is the line that it is about when the file is not TOML, else empty.
pub(super) fn reword(message: &str, line: &str) -> Said {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).filter(|word| !word.starts_with("$__")).collect();
    if let Some((found, known)) = quoted.split_first() {
        if message.starts_with("unknown field") {
            return unknown_key(found, known);
        }
        if message.starts_with("unknown variant") {
            return unknown_word(found, known);
        }
        if message.starts_with("missing field") {
            return missing_key(found);
        }
    }
    if let Some(found) = message.strip_prefix("invalid type: ")
        && let Some((found, expected)) = found.split_once(", expected ")
    {
        return wrong_type(found, expected);
    }
    Said { message: message.to_owned(), help: help_for_line(line) }
}

fn unknown_key(found: &str, known: &[&str]) -> Said {
    let meant = nearest(found, known.iter().copied());
    let message = match meant {
        Some(meant) => format!("there is no key `{found}` here; did you mean `{meant}`?"),
        None => format!("there is no key `{found}` here"),
    };
    Said { message, help: Some(format!("known keys here are {}", known.join(", "))) }
}

fn unknown_word(found: &str, known: &[&str]) -> Said {
    let meant = nearest(found, known.iter().copied());
    let message = match meant {
        Some(meant) => format!("\"{found}\" is not a known word here; did you mean \"{meant}\"?"),
        None => format!("\"{found}\" is not a known word here"),
    };
    Said { message, help: Some(format!("known words are {}", known.join(", "))) }
}

fn missing_key(key: &str) -> Said {
    let example = match key {
        "study" => "begin the file with:\n[study]\nname = \"Bredband i Norrköping\"\nas_of = 2024-12-31",
        "places" => "say who is to be reached, for example:\n[[places]]\npath = \"adresser.csv\"\nid = \"adress_id\"",
        "path" => "path = \"adresser.csv\"",
        "id" => "id = \"adress_id\"",
        "place" => "place = \"adress_id\"",
        "name" => "name = \"Bredband i Norrköping\"",
        "as_of" => "as_of = 2024-12-31",
        "operator" => "operator = \"Stadsnätet\", or from a column: operator = { column = \"agare\" }",
        "class" => "class = \"locality\", or from a column: class = { column = \"typ\" }",
        "key" => "key = \"connected\"",
        "reach" => "reach = [\"connected\", \"passed\"]",
        "column" => "{ column = \"agare\" }",
        "down" => "down = \"100 Mbit/s\"",
        "share" => "share = \"90 %\"",
        "sv" | "en" => "{ sv = \"Vårt mål\", en = \"Our goal\" }",
        "title" => "title = \"Regional digital agenda\"",
        _ => return Said { message: format!("the key `{key}` is missing here"), help: None },
    };
    let help = if example.contains(":\n") { example.to_owned() } else { format!("add, for example: {example}") };
    let what = if matches!(key, "study" | "places") { "section" } else { "key" };
    Said { message: format!("the {what} `{key}` is missing here"), help: Some(help) }
}

fn wrong_type(found: &str, expected: &str) -> Said {
    let value = found.split('`').nth(1);
    let expected = match expected {
        "a string" | "a borrowed string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list in brackets",
        "a map" => "a table of keys",
        other => other.strip_prefix("struct ").map_or(other, |_| "a table of keys"),
    };
    let help = match (expected, value) {
        ("text", Some(value)) => Some(format!("write it in quotation marks: \"{value}\"")),
        ("text", None) => Some("write text in quotation marks".to_owned()),
        ("true or false", _) => Some("write true or false, without quotation marks".to_owned()),
        ("a list in brackets", _) => {
            Some("write a list in brackets, or a section that may be repeated in double ones: [[places]]".to_owned())
        }
        _ => None,
    };
    let found = found.replace("string \"", "the text \"").replace('`', "");
    let found = if found == "map" { "a table of keys" } else { found.as_str() };
    let found = if found == "sequence" { "a list" } else { found };
    Said { message: format!("expected {expected}, found {found}"), help }
}

/// What is most often meant by a line that is not TOML.
fn help_for_line(line: &str) -> Option<String> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.split('#').next().unwrap_or(value).trim());
    if matches!(key, "as_of" | "available_from" | "planned_until") {
        return Some("a date is written year, month, day: 2024-12-31".to_owned());
    }
    let looks_like_a_quantity = value.starts_with(|c: char| c.is_ascii_digit()) && value.contains(['b', '%', 'm']);
    if looks_like_a_quantity {
        return Some(format!("a quantity is text with its unit, in quotation marks: {key} = \"{value}\""));
    }
    if value.starts_with('"') && value.contains('\\') {
        return Some(
            "in a path write / and not \\, or put it between single quotation marks: 'C:\\data\\fil.csv'".to_owned(),
        );
    }
    let bare = value.starts_with(|c: char| c.is_alphabetic());
    bare.then(|| format!("text stands in quotation marks: {key} = \"{value}\""))
}

/// The known word that the found one is most likely a misspelling of.
pub(super) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    known
        .into_iter()
        .map(|word| (distance(&found, &word.to_lowercase()), word))
        .filter(|&(distance, word)| distance <= word.chars().count().max(3) / 3)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, word)| word)
}

/// How many letters to add, take away, change or swap with their neighbour (optimal string alignment).
pub(super) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let change = row[j] + usize::from(a[i] != b[j]);
            next[j + 1] = change.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                next[j + 1] = next[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_finds_its_word_and_another_word_does_not() {
        let keys = ["path", "id", "easting", "northing", "category"];
        assert_eq!(nearest("eastng", keys), Some("easting"));
        assert_eq!(nearest("Easting", keys), Some("easting"));
        assert_eq!(nearest("noerthing", keys), Some("northing"));
        assert_eq!(nearest("colour", keys), None);
    }

    #[test]
    fn distance_counts_letters_and_swaps() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
