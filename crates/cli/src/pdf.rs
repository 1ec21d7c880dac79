//! The report as PDF, where the program was built with what that takes.

use nittio_report::Report;

use crate::failure::Failure;

/// Fails when this program cannot write PDF: better known before the work than after.
#[cfg(feature = "pdf")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature it fails")]
pub(crate) fn available() -> Result<(), Failure> {
    Ok(())
}

/// A report as the bytes of a PDF.
#[cfg(feature = "pdf")]
pub(crate) fn bytes(report: &Report) -> Result<Vec<u8>, Failure> {
    let failed = |error: nittio_pdf::PdfError| Failure::Said(format!("report.pdf: {error}"));
    let lacking = nittio_pdf::lacking(report).map_err(failed)?;
    if !lacking.is_empty() {
        let letters: String = lacking.iter().map(|letter| format!(" {letter}")).collect();
        crate::failure::note(&format!("report.pdf has ? for letters that its typeface lacks:{letters}"));
    }
    nittio_pdf::render(report).map_err(failed)
}

/// Fails when this program cannot write PDF: better known before the work than after.
#[cfg(not(feature = "pdf"))]
pub(crate) fn available() -> Result<(), Failure> {
    Err(Failure::Said(
        "this program was built without PDF, which takes longer to build than all the rest.\n\
         Build it with: cargo build --release --features pdf\n\
         or run it with: cargo run --release --features pdf -- run --pdf\n\
         report.html can be printed to PDF by any browser, but is then not tagged as PDF/UA-1 asks."
            .to_owned(),
    ))
}

/// A report as the bytes of a PDF.
#[cfg(not(feature = "pdf"))]
pub(crate) fn bytes(_report: &Report) -> Result<Vec<u8>, Failure> {
    available().map(|()| Vec::new())
}
