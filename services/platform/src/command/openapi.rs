//! `concordat openapi`: the documents, printed, written or compared. Needs no settings.

use std::{fs, path::PathBuf, process::ExitCode};

use super::say;
use crate::{
    exit::{CommandError, Exit},
    serve::{Service, documents},
};

/// Without an option: prints the documents of the named services, or the names of all.
#[derive(clap::Args)]
pub(super) struct Openapi {
    /// The services; all unless given.
    #[arg(value_enum, value_name = "SERVICE")]
    services: Vec<Service>,
    /// Write them as SERVICE.json into this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    write: Option<PathBuf>,
    /// Compare them with what is in this folder; exit 1 and the names when one differs.
    #[arg(long, value_name = "DIR")]
    check: Option<PathBuf>,
}

impl Openapi {
    pub(super) fn run(self) -> Result<ExitCode, CommandError> {
        let services: Vec<Service> = Service::DOCUMENTED
            .into_iter()
            .filter(|service| self.services.is_empty() || self.services.contains(service))
            .collect();
        let mut differing = Vec::new();
        for service in services {
            let text = documents::text_of(service).map_err(|error| CommandError::new(Exit::Failed, error))?;
            let file = format!("{}.json", service.name());
            if let Some(folder) = &self.write {
                let path = folder.join(file);
                fs::create_dir_all(folder).map_err(CommandError::file(folder))?;
                fs::write(&path, text).map_err(CommandError::file(&path))?;
            } else if let Some(folder) = &self.check {
                let path = folder.join(file);
                if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
                    differing.push(path.display().to_string());
                }
            } else if self.services.is_empty() {
                say(service.name());
            } else {
                say(text.trim_end());
            }
        }
        if differing.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let differing = differing.join(", ");
        Err(CommandError::new(
            Exit::Failed,
            format!("not what the code serves: {differing}; run `make openapi`"),
        ))
    }
}
