//! Tables of refusals: every row is tried, and all that went wrong are told together.

use testkit::answer::Answer;

/// What went wrong so far.
#[derive(Default)]
pub(crate) struct Table(Vec<String>);

impl Table {
    /// The row must have been refused with one of these statuses and one of these OAuth codes.
    pub(crate) fn refused(&mut self, row: &str, answer: &Answer, statuses: &[u16], errors: &[&str]) {
        let error = answer.json["error"].as_str().unwrap_or_default();
        let is_json = answer.header("content-type").starts_with("application/json");
        let gives = ["access_token", "refresh_token", "id_token", "request_uri", "code"]
            .iter()
            .any(|name| answer.json.get(*name).is_some());
        if !statuses.contains(&answer.status) || !errors.contains(&error) || !is_json || gives {
            self.0.push(format!(
                "{row}: wanted {statuses:?} {errors:?}, got {} {}",
                answer.status, answer.text
            ));
        }
        let description = answer.json["error_description"].as_str().unwrap_or_default();
        if description
            .chars()
            .any(|c| !(' '..='~').contains(&c) || c == '"' || c == '\\')
        {
            self.0.push(format!(
                "{row}: error_description has characters that it may not have: {description}"
            ));
        }
    }

    /// The row must have been accepted.
    pub(crate) fn accepted(&mut self, row: &str, answer: &Answer, status: u16) {
        self.holds(row, answer.status == status, || {
            format!("wanted {status}, got {} {}", answer.status, answer.text)
        });
    }

    /// The row must hold.
    pub(crate) fn holds(&mut self, row: &str, holds: bool, told: impl FnOnce() -> String) {
        if !holds {
            self.0.push(format!("{row}: {}", told()));
        }
    }

    /// Everything must have gone well.
    #[track_caller]
    pub(crate) fn done(self) {
        assert!(self.0.is_empty(), "{} rows:\n{}", self.0.len(), self.0.join("\n"));
    }
}
