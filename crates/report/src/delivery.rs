//! A delivery check for its readers: a table, a reject file and a page for each operator.

use nittio_core::delivery::{Delivery, Operator};

pub use crate::compose::delivery::COLUMNS;
use crate::{
    compose::delivery::Words,
    locale::Locale,
    messages::Messages,
    render::{self, RenderError},
};

/// The rows of the reject file about one operator, as [`COLUMNS`].
#[must_use]
pub fn rows(operator: &Operator, locale: Locale) -> Vec<[String; 7]> {
    Words::of(locale).rows(operator)
}

/// The page about one operator: one HTML file that asks nothing of the network.
///
/// # Errors
/// When the template cannot be filled, which no delivery should be able to bring about.
pub fn page(delivery: &Delivery, operator: &Operator, locale: Locale) -> Result<String, RenderError> {
    render::html::delivery(&Words::of(locale).page(delivery, operator))
}

/// All operators as a table: heads, then a row for each.
#[must_use]
pub fn table(delivery: &Delivery, locale: Locale) -> Vec<Vec<String>> {
    Words::of(locale).table(delivery)
}

/// What was used and what was not tested, in sentences.
#[must_use]
pub fn rules(delivery: &Delivery, locale: Locale) -> Vec<String> {
    Words::of(locale).rules(delivery)
}

/// A text in a language, for what is made elsewhere; `{name}` stands for the value of that name.
pub fn say(locale: Locale) -> impl Fn(&str, &[(&str, &str)]) -> String {
    let messages = Messages::of(locale);
    move |key, values| messages.say(key, values)
}
