//! The sample consumers: `samples/USER/*`, statements as banks export them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{Program, StageError, in_file, write};

/// A consumer of the reference portal.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct User {
    /// As the bank names them.
    pub(crate) user_id: String,
    /// What they type.
    pub(crate) username: String,
    /// And this.
    pub(crate) password: String,
}

/// A sample consumer and their statements.
pub(super) struct Sample {
    pub(super) user: User,
    pub(super) files: Vec<PathBuf>,
}

/// The sample consumers, by name.
pub(super) fn find(samples: &Path) -> Result<Vec<Sample>, StageError> {
    let mut found = Vec::new();
    for folder in sorted(samples)?.into_iter().filter(|path| path.is_dir()) {
        let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let mut files: Vec<_> = sorted(&folder)?
            .into_iter()
            .filter(|file| format_of(file).is_some())
            .collect();
        // FDX files add contacts and networks to accounts that the statements bring.
        files.sort_by_key(|file| format_of(file) == Some("fdx"));
        if !files.is_empty() {
            // A password that nobody takes for a secret.
            let password = format!("{name}-password");
            let user = User {
                user_id: name.to_owned(),
                username: name.to_owned(),
                password,
            };
            found.push(Sample { user, files });
        }
    }
    Ok(found)
}

impl Sample {
    /// Creates the consumer and imports every statement.
    pub(super) async fn load(&self, program: &Program, folder: &Path) -> Result<(), StageError> {
        let password = folder
            .join("secrets")
            .join(format!("password-{}", self.user.username));
        write(&password, &self.user.password)?;
        let password = password.display().to_string();
        let (name, id) = (self.user.username.as_str(), self.user.user_id.as_str());
        let mut add = vec!["user", "add", name, "--id", id, "--password-file", &password];
        let display_name = self.files.iter().find_map(|file| name_in(file));
        if let Some(display_name) = &display_name {
            add.extend(["--display-name", display_name]);
        }
        program.run(&add).await?;
        for file in &self.files {
            let Some(format) = format_of(file) else { continue };
            program
                .run(&["import", format, &file.display().to_string(), "--user", id])
                .await?;
        }
        Ok(())
    }
}

/// The consumer's name in the bank's record of them, where the file is that.
fn name_in(file: &Path) -> Option<String> {
    let record: serde_json::Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    let name = record.pointer("/consumer/customer/name")?;
    let part = |part: &str| name.get(part)?.as_str();
    Some(format!("{} {}", part("first")?, part("last")?))
}

fn format_of(file: &Path) -> Option<&'static str> {
    match file.extension()?.to_str()? {
        "ofx" | "qfx" => Some("ofx"),
        "json" => Some("fdx"),
        _ => None,
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, StageError> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(in_file(folder))?;
    paths.sort();
    Ok(paths)
}
