//! A secret is a value or a file: `client_secret = "..."`, or `client_secret_file = "/run/secrets/portal"`.
//!
//! Resolved on the tree before it is typed, so every section sees plain fields, and so that no message of the typed
//! reader can quote a secret of the wrong kind.

use std::fs;

use toml::{Table, Value};

use crate::load::SettingsError;

/// Every secret: section, key.
const SECRETS: &[(&str, &str)] = &[
    ("database", "url"),
    ("secrets", "master_key"),
    ("portal", "client_secret"),
];

/// Longest file that is read: a PEM key or a URL is far shorter.
const LONGEST_FILE: u64 = 64 * 1024;

/// Whether the key of that section holds a secret, or the name of a file with one.
pub(crate) fn is_secret(section: &str, key: &str) -> bool {
    SECRETS.contains(&(section, key.strip_suffix("_file").unwrap_or(key)))
}

/// Puts in place of each `*_file` what the file holds, without the line's end.
///
/// # Errors
/// When a secret is given twice, is no text, or its file cannot be read.
pub(crate) fn resolve(settings: &mut Table) -> Result<(), SettingsError> {
    for &(section, key) in SECRETS {
        let Some(Value::Table(table)) = settings.get_mut(section) else {
            continue;
        };
        let name = || format!("{section}.{key}");
        let file = table.remove(&format!("{key}_file"));
        match (table.get(key), file) {
            (Some(_), Some(_)) => return Err(SettingsError::SecretTwice { key: name() }),
            (Some(Value::String(_)) | None, None) => {}
            (Some(_), None) | (None, Some(Value::Table(_) | Value::Array(_))) => {
                return Err(SettingsError::SecretNotText { key: name() });
            }
            (None, Some(path)) => {
                let path = path
                    .as_str()
                    .ok_or_else(|| SettingsError::SecretNotText { key: name() })?;
                table.insert(key.to_owned(), Value::String(read(path, name())?));
            }
        }
    }
    Ok(())
}

fn read(path: &str, key: String) -> Result<String, SettingsError> {
    let failed = |reason: String| SettingsError::SecretFile {
        key: key.clone(),
        path: path.to_owned(),
        reason,
    };
    let size = fs::metadata(path)
        .map_err(|error| failed(error.to_string()))?
        .len();
    if size > LONGEST_FILE {
        return Err(failed("longer than 64 KiB".to_owned()));
    }
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
