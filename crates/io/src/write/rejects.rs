//! `rejects.csv`: every finding on every row of the input, with what was done about it.
//!
//! Sorted by file in the order of the study, then by row. A finding stands here also when its row was kept: the
//! column `action` says whether the row was dropped, repaired, left unmatched or only noted.

use std::io::{self, Write};

use nittio_core::{diagnostic::Diagnostic, outcome::Input};

use super::error;

/// The columns, in order.
pub const COLUMNS: [&str; 6] = ["file", "row", "id", "finding", "action", "message"];

/// Writes all diagnostics as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, diagnostics: &[Diagnostic], inputs: &[Input]) -> io::Result<()> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    for diagnostic in sorted {
        let file = inputs.get(usize::from(diagnostic.at.source)).map_or("", |input| input.path.as_str());
        let row = diagnostic.at.row.to_string();
        let id = diagnostic.id.as_deref().unwrap_or_default();
        let (finding, action) = (diagnostic.finding.key(), diagnostic.action.key());
        writer.write_record([file, &row, id, finding, action, &diagnostic.message]).map_err(error::of_csv)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use nittio_core::diagnostic::{Action, Finding, SourceRow};

    use super::*;

    #[test]
    fn rejects_are_sorted_by_file_and_row() {
        let input = |path: &str| Input {
            path: path.to_owned(),
            role: "places".to_owned(),
            sha256: String::new(),
            bytes: 0,
            rows: 0,
            used: 0,
            crs: None,
            source: None,
            licence: None,
            secrecy: nittio_core::secrecy::Secrecy::Internal,
        };
        let at = |source, row, id: Option<&str>, message: &str| Diagnostic {
            at: SourceRow { source, row },
            finding: Finding::NoPosition,
            action: Action::Unmatched,
            id: id.map(Into::into),
            message: message.into(),
        };
        let found = [
            at(1, 2, Some("b"), "no northing, write a number"),
            at(0, 10, None, "no easting"),
            at(0, 9, Some("å"), "easting is \"x\""),
        ];
        let mut out = Vec::new();
        csv(&mut out, &found, &[input("z.csv"), input("a.csv")]).unwrap();
        let expected = "file,row,id,finding,action,message\r\n\
            z.csv,9,å,no-position,unmatched,\"easting is \"\"x\"\"\"\r\n\
            z.csv,10,,no-position,unmatched,no easting\r\n\
            a.csv,2,b,no-position,unmatched,\"no northing, write a number\"\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
