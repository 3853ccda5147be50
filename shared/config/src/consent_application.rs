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
    /// Standard claims that it or the bank's record of a customer tells (OIDC Core 5.1), as metadata names them; those that a
    /// record in FDX's words tells where the portal is meant.
    pub claims: Option<Vec<String>>,
    /// Languages of its pages (BCP 47), as metadata names them; those of the portal where that is meant.
    pub ui_locales: Option<Vec<String>>,
}

impl ConsentApplication {
    /// What a customer's record tells: see `disclosure::identity`.
    const RECORDED: [&str; 11] = [
        "name",
        "given_name",
        "middle_name",
        "family_name",
        "birthdate",
        "updated_at",
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "address",
    ];

    /// What the reference portal reports of a sign-in with a password.
    pub const PORTAL_ACR: &'static str = "urn:concordat:acr:password";

    /// The languages of the reference portal.
    pub const PORTAL_LOCALES: [&'static str; 3] = ["en", "es", "fr"];

    /// The classes that it reports; none when the bank does not say.
    pub fn acr_values(&self) -> Vec<String> {
        let portal = || vec![Self::PORTAL_ACR.to_owned()];
        self.told(self.acr_values.as_ref(), portal)
    }

    /// The standard claims that are told; none when a bank with an application of its own does not say.
    pub fn claims(&self) -> Vec<String> {
        self.told(self.claims.as_ref(), || {
            Self::RECORDED.into_iter().map(str::to_owned).collect()
        })
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
        assert_eq!(
            ConsentApplication::default().claims(),
            ConsentApplication::RECORDED
        );
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
