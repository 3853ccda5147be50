//! `[consent_application]`: where the consumer signs in and decides, and what it can tell of them.

use serde::Deserialize;
use url::Url;

/// The bank's consent application, or none: then the reference portal beside us is meant.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentApplication {
    /// The browser is sent here with `?resourceId=...` added.
    pub url: Option<Url>,
    /// Authentication context classes that it reports, as metadata names them; those of the portal where that is meant.
    pub acr_values: Option<Vec<String>>,
    /// Standard claims that it tells of a consumer (OIDC Core 5.1), as metadata names them; those of the portal where that
    /// is meant.
    pub claims: Option<Vec<String>>,
    /// Languages of its pages (BCP 47), as metadata names them; those of the portal where that is meant.
    pub ui_locales: Option<Vec<String>>,
}

impl ConsentApplication {
    /// What the reference portal reports of a sign-in with a password.
    pub const PORTAL_ACR: &'static str = "urn:concordat:acr:password";

    /// The languages of the reference portal.
    pub const PORTAL_LOCALES: [&'static str; 3] = ["en", "es", "fr"];

    /// The classes that it reports; none when the bank does not say.
    pub fn acr_values(&self) -> Vec<String> {
        let portal = || vec![Self::PORTAL_ACR.to_owned()];
        self.told(self.acr_values.as_ref(), portal)
    }

    /// The standard claims that it tells; none when the bank does not say.
    pub fn claims(&self) -> Vec<String> {
        self.told(self.claims.as_ref(), || vec!["name".to_owned()])
    }

    /// The languages of its pages; none when the bank does not say.
    pub fn ui_locales(&self) -> Vec<String> {
        self.told(self.ui_locales.as_ref(), || {
            Self::PORTAL_LOCALES.map(str::to_owned).to_vec()
        })
    }

    fn told(&self, set: Option<&Vec<String>>, portal: impl FnOnce() -> Vec<String>) -> Vec<String> {
        match (set, &self.url) {
            (Some(set), _) => set.clone(),
            (None, None) => portal(),
            (None, Some(_)) => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_that_says_nothing_tells_nothing() {
        assert_eq!(ConsentApplication::default().claims(), ["name"]);
        assert_eq!(
            ConsentApplication::default().acr_values(),
            [ConsentApplication::PORTAL_ACR]
        );
        let own = ConsentApplication {
            url: Url::parse("https://bank.example/decide").ok(),
            claims: Some(vec!["email".into()]),
            acr_values: None,
            ui_locales: None,
        };
        assert!(own.acr_values().is_empty() && own.ui_locales().is_empty());
        assert_eq!(ConsentApplication::default().ui_locales(), ["en", "es", "fr"]);
        assert_eq!(own.claims(), ["email"]);
    }
}
