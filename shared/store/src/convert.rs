//! Rows become domain values through fallible conversions that name table and column.

use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// Which table a row is of; makes the errors.
#[derive(Clone, Copy)]
pub(crate) struct Table(pub(crate) &'static str);

impl Table {
    /// A text column that must read as a `T`.
    pub(crate) fn parse<T: FromStr>(self, column: &'static str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.corrupt(column))
    }

    /// A text column that holds the wire name of an enumeration.
    pub(crate) fn word<T: DeserializeOwned>(self, column: &'static str, word: &str) -> Result<T, StoreError> {
        serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| self.corrupt(column))
    }

    /// A jsonb column that must read as a `T`.
    pub(crate) fn json<T: DeserializeOwned>(
        self,
        column: &'static str,
        json: serde_json::Value,
    ) -> Result<T, StoreError> {
        serde_json::from_value(json).map_err(|_| self.corrupt(column))
    }

    /// A value that is written to a jsonb column.
    pub(crate) fn to_json<T: serde::Serialize>(
        self,
        column: &'static str,
        value: &T,
    ) -> Result<serde_json::Value, StoreError> {
        serde_json::to_value(value).map_err(|_| self.corrupt(column))
    }

    /// What a row that does not fit is.
    pub(crate) const fn corrupt(self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: self.0,
            column,
        }
    }
}
