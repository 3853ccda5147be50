//! What a consumer shares of themself, in the words that they read: a topic for each scope that opens claims.
//!
//! A topic is no data cluster: a cluster is of accounts, of all who hold them, and opens FDX's APIs (CUSTOMER_PERSONAL tells
//! tax ids there). A topic is of the consumer alone, and opens userinfo. In the record of a read both speak one language:
//! [`clusters_of`].

use std::collections::BTreeSet;

use serde::Serialize;

use super::{scope_of, scopes_of};
use crate::{cluster::DataCluster, scope::Scope};

/// What of the consumer themself is asked, or shared: the claims that one scope opens, or some of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Topic {
    /// The scope that opens these claims: `profile`, `email`, `phone` or `address`.
    pub scope: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What the whole scope shares.
    pub description: &'static str,
    /// The claims that are asked, by their names: all of the scope, or those that the `claims` parameter names.
    pub claims: Vec<String>,
}

/// The topics of these claims, in the order of a consent screen.
pub fn topics<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Topic> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    scopes_of(names.iter().copied())
        .iter()
        .map(|scope| {
            let (label, description) = words(scope);
            // In the order of the standard.
            let claims = super::claims_of(scope).filter(|name| names.contains(name));
            Topic {
                scope: scope.as_str(),
                label,
                description,
                claims: claims.map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// The data clusters to which FDX counts these claims, for the record of a read: what names a consumer or reaches them is
/// CUSTOMER_CONTACT, what else is known of them as a person is CUSTOMER_PERSONAL.
pub fn clusters_of<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<DataCluster> {
    const NAMES: [&str; 6] = [
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
    ];
    names
        .into_iter()
        .filter(|name| scope_of(name).is_some())
        .map(|name| {
            if scope_of(name) == Some(Scope::Profile) && !NAMES.contains(&name) {
                DataCluster::CustomerPersonal
            } else {
                DataCluster::CustomerContact
            }
        })
        .collect()
}

fn words(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Email => (
            "Your e-mail address",
            "Your e-mail address, and whether the bank has verified it",
        ),
        Scope::Phone => (
            "Your phone number",
            "Your phone number, and whether the bank has verified it",
        ),
        Scope::Address => ("Your postal address", "The address at which you get mail"),
        // Profile; no other scope opens a claim.
        _ => (
            "Your profile",
            "Your name, and personal details such as your date of birth and your language",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{identity::claims_of_scopes, scope::Scopes};

    #[test]
    fn a_topic_for_each_scope_with_what_is_asked_of_it() {
        let scopes = Scopes::parse("openid email address").unwrap();
        let mut names = claims_of_scopes(&scopes);
        names.insert("birthdate");
        let asked: Vec<_> = topics(names)
            .into_iter()
            .map(|topic| (topic.scope, topic.claims.join(" ")))
            .collect();
        assert_eq!(
            asked,
            [
                ("profile", "birthdate".to_owned()),
                ("email", "email email_verified".to_owned()),
                ("address", "address".to_owned()),
            ]
        );
        assert!(topics(["role", "sub"]).is_empty());
    }

    #[test]
    fn every_scope_that_opens_claims_has_words_of_its_own() {
        let all = Scopes::parse("profile email address phone").unwrap();
        let topics = topics(claims_of_scopes(&all));
        let labels: BTreeSet<_> = topics.iter().map(|topic| topic.label).collect();
        assert_eq!((topics.len(), labels.len()), (4, 4));
        let opening = Scope::ALL
            .iter()
            .filter(|scope| crate::identity::claims_of(**scope).next().is_some());
        assert_eq!(opening.count(), 4);
    }

    #[test]
    fn a_read_is_recorded_under_the_clusters_of_what_went_out() {
        use DataCluster::{CustomerContact, CustomerPersonal};
        assert_eq!(
            clusters_of(["name", "email", "phone_number"]),
            [CustomerContact].into()
        );
        assert_eq!(clusters_of(["birthdate"]), [CustomerPersonal].into());
        assert_eq!(
            clusters_of(["given_name", "locale", "sub"]),
            [CustomerContact, CustomerPersonal].into()
        );
    }
}
