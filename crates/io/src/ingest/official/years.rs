//! The years before the one that the study is held against: kept to be shown, and compared with nothing.

use nittio_core::{
    diagnostic::{Action, Finding},
    official::Year,
};

use super::{
    Account,
    book::Book,
    layout::{Layout, Wanted, layout},
    values,
};
use crate::{read::grid::Grid, study_file::official::ShareScale};

/// The figure in the years before, rising; years without a value for any of the study's areas are left out.
///
/// What is odd about areas and notes has been told of the year that is wanted. Of the years before only that is told by which a value is lost.
/// Bare shares are what they are in that year: all shares of an early year may be below one per cent.
pub(super) fn before(
    grid: &Grid,
    of_wanted: &Layout,
    book: &Book<'_>,
    wanted: &Wanted<'_>,
    scale: ShareScale,
    account: &mut Account,
) -> Vec<Year> {
    let Some(last) = of_wanted.wanted else { return Vec::new() };
    let mut history = Vec::new();
    for &year in of_wanted.years.range(..last) {
        let wanted = Wanted { year: Some(year), ..*wanted };
        let layout = match layout(grid, book, &wanted) {
            Ok(layout) => layout,
            Err(why) => {
                if let Some(row) = grid.rows.get(of_wanted.first) {
                    let message = format!("{year} is left out of the years before: {why}");
                    account.say(row, Finding::OfficialDoubtful, Action::Noted, "", message);
                }
                continue;
            }
        };
        let mut own = Account { source: account.source, ..Account::default() };
        let (values, country, _) = values(grid, &layout, book, &wanted, Some(scale), &mut own);
        for mut told in own.found {
            let again = account.found.iter().any(|known| known.at == told.at && known.finding == told.finding);
            if told.finding == Finding::OfficialUnreadable || (told.finding == Finding::OfficialTwice && !again) {
                told.message = format!("{year}: {}", told.message).into();
                account.found.push(told);
            }
        }
        account.used.extend(own.used);
        if !values.is_empty() {
            history.push(Year { year, values, country });
        }
    }
    // A break that nothing stands on both sides of is most likely a slip.
    let first = history.first().map_or(last, |year: &Year| year.year);
    let idle = wanted.entry.breaks.iter().map(|entry| entry.0.year).filter(|year| *year <= first || last < *year);
    for year in idle {
        if let Some(row) = grid.rows.get(of_wanted.first) {
            let message =
                format!("`breaks` has {year}, but the figures are for {first} to {last}: nothing is broken there");
            account.say(row, Finding::OfficialDoubtful, Action::Noted, "", message);
        }
    }
    history
}
