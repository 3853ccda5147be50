//! The platform's own commands, as an operator runs them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::failure::{Failure, While as _};

/// The platform's own commands.
pub(super) struct Program<'a> {
    pub(super) program: &'a Path,
    pub(super) settings: &'a Path,
}

impl Program<'_> {
    pub(super) fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let output = Command::new(self.program)
            .arg("--config")
            .arg(self.settings)
            .args(arguments)
            .output()
            .during(self.program.display())?;
        if output.status.success() {
            Ok(())
        } else {
            let errors = String::from_utf8_lossy(&output.stderr);
            Err(Failure::new(format!(
                "concordat {}: {errors}",
                arguments.join(" ")
            )))
        }
    }

    /// Imports a folder of samples as that consumer's accounts.
    pub(super) fn import(&self, samples: &Path, user: &str) -> Result<(), Failure> {
        let mut files: Vec<PathBuf> = fs::read_dir(samples)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
            .during(samples.display())?;
        // FDX files add to accounts that the statements bring.
        files.sort_by_key(|file| (is_json(file), file.clone()));
        for file in files {
            let format = if is_json(&file) { "fdx" } else { "ofx" };
            self.run(&["import", format, &file.display().to_string(), "--user", user])?;
        }
        Ok(())
    }
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "json")
}
