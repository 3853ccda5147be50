//! `[consent_application]`: where the consumer signs in and decides.

use serde::Deserialize;
use url::Url;

/// The bank's consent application, or none: then the reference portal beside us is meant.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentApplication {
    /// The browser is sent here with `?resourceId=...` added.
    pub url: Option<Url>,
}
