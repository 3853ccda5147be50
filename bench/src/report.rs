//! The figures: a table for people, and a list of `{name, unit, value, floor, ratio}` for programs.
//!
//! `floor` is the same figure of the handler without database; `ratio` is our value over that of the handler with one
//! statement a request. Either is `null` where there is none.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use serde::Serialize;

use crate::failure::{Failure, While as _};

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What.
    pub(crate) name: String,
    /// Of `value` and `floor`.
    pub(crate) unit: &'static str,
    /// The platform's, unless the name says otherwise.
    pub(crate) value: f64,
    /// Of the handler without database.
    pub(crate) floor: Option<f64>,
    /// `value` over that of the handler with one statement a request.
    pub(crate) ratio: Option<f64>,
    /// What the design asks for. A benchmark fails nobody: it is printed, and that is all.
    #[serde(skip)]
    pub(crate) aim: Option<Aim>,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aim {
    /// The ratio at least that.
    Ratio(f64),
    /// The value at least that.
    AtLeast(f64),
    /// The value less than that.
    Below(f64),
    /// The value no more than that, but for what runs in the background.
    AtMost(f64),
}

/// What the platform's own workers add to a count of statements.
const BACKGROUND: f64 = 0.01;

impl Figure {
    /// Without anything beside it.
    pub(crate) fn alone(name: &str, unit: &'static str, value: f64) -> Self {
        Self {
            name: name.to_owned(),
            unit,
            value,
            floor: None,
            ratio: None,
            aim: None,
        }
    }

    fn aim(&self) -> String {
        let (text, is_met) = match self.aim {
            None => return String::new(),
            Some(Aim::Ratio(least)) => (
                format!("ratio >= {least}"),
                self.ratio.is_some_and(|ratio| ratio >= least),
            ),
            Some(Aim::AtLeast(least)) => (format!(">= {least}"), self.value >= least),
            Some(Aim::Below(limit)) => (format!("< {limit}"), self.value < limit),
            Some(Aim::AtMost(most)) => (format!("<= {most}"), self.value <= most + BACKGROUND),
        };
        format!("{text} {}", if is_met { "met" } else { "MISSED" })
    }
}

/// All of them, in the order in which they are told.
pub(crate) struct Report(Vec<Figure>);

impl Report {
    /// None yet.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Says what is being done: a run takes minutes.
    pub(crate) fn progress(&self, what: &str) {
        let _ = writeln!(io::stderr().lock(), "bench: {what}");
    }

    /// Adds a figure.
    pub(crate) fn add(&mut self, figure: Figure) {
        self.0.push(figure);
    }

    /// Prints the table and writes the list.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, output: &Path) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(&self.0).during("writing the figures")?;
        if let Some(folder) = output.parent() {
            fs::create_dir_all(folder).during(folder.display())?;
        }
        fs::write(output, json + "\n").during(output.display())?;
        // A closed pipe is no failure.
        let _ = self.print(&mut io::stdout().lock(), output);
        Ok(())
    }

    fn print(&self, to: &mut impl io::Write, output: &Path) -> io::Result<()> {
        let width = self
            .0
            .iter()
            .map(|figure| figure.name.chars().count())
            .max()
            .unwrap_or(0);
        let (unit, value) = ("unit", "value");
        writeln!(
            to,
            "\n{:<width$}  {unit:<22}  {value:>9}  {:>9}  {:>6}  aim",
            "name", "floor", "ratio"
        )?;
        for figure in &self.0 {
            writeln!(
                to,
                "{:<width$}  {:<22}  {:>9}  {:>9}  {:>6}  {}",
                figure.name,
                figure.unit,
                short(figure.value),
                figure.floor.map(short).unwrap_or_default(),
                figure.ratio.map(short).unwrap_or_default(),
                figure.aim(),
            )?;
        }
        writeln!(
            to,
            "\nfloor: the same TLS and signatures without a database. ratio: ours over one statement a request.\n{}",
            output.display()
        )
    }
}

/// Three digits or so.
fn short(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_met_or_missed() {
        let figure = |ratio, aim| Figure {
            ratio,
            aim: Some(aim),
            ..Figure::alone("a", "b", 0.5)
        };
        assert_eq!(figure(Some(1.8), Aim::Ratio(1.7)).aim(), "ratio >= 1.7 met");
        assert_eq!(figure(Some(1.6), Aim::Ratio(1.7)).aim(), "ratio >= 1.7 MISSED");
        assert_eq!(figure(None, Aim::Below(0.3)).aim(), "< 0.3 MISSED");
        assert_eq!(figure(None, Aim::AtLeast(0.65)).aim(), ">= 0.65 MISSED");
        assert_eq!(figure(None, Aim::AtMost(0.495)).aim(), "<= 0.495 met");
    }

    #[test]
    fn the_list_has_the_five_members() {
        let json = serde_json::to_value(Figure::alone("a", "b", 1.0)).unwrap();
        let mut members: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        members.sort();
        assert_eq!(members, ["floor", "name", "ratio", "unit", "value"]);
    }
}
