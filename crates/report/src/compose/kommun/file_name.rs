//! File names of pages.

use std::collections::BTreeSet;

/// A file name for every code, which is one on every system; no two are alike, also where letters' size does not count.
pub(super) fn all<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::from(["index".to_owned()]);
    // Names that mean a device to some systems.
    taken.extend(["con", "prn", "aux", "nul"].map(str::to_owned));
    codes
        .map(|code| {
            let mut name = String::new();
            for byte in code.bytes().take(60) {
                match byte {
                    b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => name.push(char::from(byte)),
                    other => name.push_str(&format!("_{other:02x}")),
                }
            }
            let mut one = name.clone();
            let mut again = 1;
            while !taken.insert(one.to_lowercase()) {
                again += 1;
                one = format!("{name}_{again}");
            }
            format!("{one}.html")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_names_everywhere_and_no_two_are_alike() {
        let codes = ["0680", "index", "a/b", "A/B", "..", "å", "con", "12 3"];
        let names = all(codes.into_iter());
        let expected = [
            "0680.html",
            "index_2.html",
            "a_2fb.html",
            "A_2fB_2.html",
            "_2e_2e.html",
            "_c3_a5.html",
            "con_2.html",
            "12_203.html",
        ];
        assert_eq!(names, expected);
    }
}
