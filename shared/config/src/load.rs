//! Settings from a file and the environment.
//!
//! The environment wins. `CONCORDAT__DATABASE__POOL_SIZE=16` is `pool_size = 16` in `[database]`; a value that reads as a
//! TOML number, boolean or list is one, anything else is text.

use std::{fs, path::Path};

use toml::{Table, Value};

use crate::{Settings, secret};

/// What every overriding variable begins with.
const PREFIX: &str = "CONCORDAT__";

/// The settings are not usable. No message holds a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// As it was given.
        path: String,
        /// From the machine.
        reason: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path}, line {line}: {reason}")]
    NotToml {
        /// As it was given.
        path: String,
        /// Counted from 1.
        line: usize,
        /// From the parser, without the text of the line.
        reason: String,
    },
    /// A variable names no section and key.
    #[error("{name}: a variable is {PREFIX}SECTION__KEY")]
    Variable {
        /// The variable.
        name: String,
    },
    /// An unknown key, a missing one, or a value of the wrong kind.
    #[error("settings: {reason}")]
    Invalid {
        /// From the typed reader, with the key.
        reason: String,
    },
    /// A secret is given both as a value and as a file.
    #[error("settings: {key} and {key}_file are both given")]
    SecretTwice {
        /// `section.key`.
        key: String,
    },
    /// A secret, or the name of its file, is not text.
    #[error("settings: {key} (or {key}_file) must be text in quotes")]
    SecretNotText {
        /// `section.key`.
        key: String,
    },
    /// A secret's file cannot be read.
    #[error("settings: {key}_file: {path}: {reason}")]
    SecretFile {
        /// `section.key`.
        key: String,
        /// As it was given.
        path: String,
        /// From the machine.
        reason: String,
    },
}

impl Settings {
    /// Reads the file, if there is one, then the variables, of which those that begin with `CONCORDAT__` are ours.
    ///
    /// # Errors
    /// [`SettingsError`], naming file and line, variable, or key.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let text = match file {
            None => String::new(),
            Some(path) => fs::read_to_string(path).map_err(|reason| SettingsError::Unreadable {
                path: path.display().to_string(),
                reason,
            })?,
        };
        let name = file.map_or_else(|| "settings".to_owned(), |path| path.display().to_string());
        Self::from_text(&text, &name, variables)
    }

    /// The same from the file's text; `name` is what messages call it.
    ///
    /// # Errors
    /// [`SettingsError`], naming line, variable, or key.
    pub fn from_text(
        text: &str,
        name: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut tree: Table = text
            .parse()
            .map_err(|error: toml::de::Error| SettingsError::NotToml {
                path: name.to_owned(),
                line: line_of(text, error.span().map_or(0, |span| span.start)),
                reason: error.message().to_owned(),
            })?;
        for (name, value) in variables {
            if let Some(key) = name.strip_prefix(PREFIX) {
                set(&mut tree, key, value).ok_or(SettingsError::Variable { name })?;
            }
        }
        secret::resolve(&mut tree)?;
        let settings: Self = tree
            .try_into()
            .map_err(|error: toml::de::Error| SettingsError::Invalid {
                // The reader adds "in `section.key`" on lines of its own; one line reads better in a log.
                reason: error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
            })?;
        settings
            .secrets
            .master_key_bytes()
            .map_err(|error| SettingsError::Invalid {
                reason: error.to_string(),
            })?;
        Ok(settings)
    }
}

/// Line of a byte, counted from 1.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// Puts one variable's value in its place. `None` when the key names no place.
fn set(tree: &mut Table, key: &str, value: String) -> Option<()> {
    let key = key.to_ascii_lowercase();
    let Some((section, key)) = key.split_once("__") else {
        // The few settings outside sections.
        tree.insert(key, literal(value));
        return Some(());
    };
    if section.is_empty() || key.is_empty() || key.contains("__") {
        return None;
    }
    let table = tree
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()))
        .as_table_mut()?;
    let value = if secret::is_secret(section, key) {
        Value::String(value)
    } else {
        literal(value)
    };
    table.insert(key.to_owned(), value);
    Some(())
}

/// The TOML value that the text spells, or the text.
fn literal(text: String) -> Value {
    let parsed = format!("value = {text}")
        .parse::<Table>()
        .ok()
        .filter(|table| table.len() == 1);
    match parsed.and_then(|mut table| table.remove("value")) {
        Some(value @ (Value::Integer(_) | Value::Boolean(_) | Value::Array(_) | Value::String(_))) => value,
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests;
