//! The clients of `up`: that of the recipient's site, and a pair for each way of being one that the OpenID suite's plans test.

use jose::Algorithm;

use super::site;
use crate::stage::{Method, Plan, SCOPE};

/// The client whose keys the recipient's site uses.
pub(super) const SITE: &str = "budget";

/// The suite's second client has a query of its own, which must come back untouched.
const QUERIES: [(u8, &str); 2] = [(1, ""), (2, "?dummy1=lorem&dummy2=ipsum")];

/// All of them. `suite` is the base URL to which the redirect URIs lead: `{suite}/test/a/concordat-{pair}/callback`.
pub(super) fn plans(suite: &str, site_port: u16) -> Vec<Plan> {
    let suite = suite.trim_end_matches('/');
    let mut plans = vec![Plan {
        client_id: SITE.to_owned(),
        name: "Budget Buddy".to_owned(),
        profile: "fapi2-message-signing",
        method: Method::PrivateKeyJwt,
        algorithm: Algorithm::Ps256,
        sender_constraint: "mtls",
        scope: SCOPE,
        redirect_uri: format!("https://localhost:{site_port}{}", site::CALLBACK),
    }];
    for (pair, profile, method, sender_constraint) in pairs() {
        for (number, query) in QUERIES {
            plans.push(Plan {
                client_id: format!("{pair}-{number}"),
                name: format!("Conformance {pair} {number}"),
                profile,
                method,
                algorithm: Algorithm::Ps256,
                sender_constraint,
                scope: SCOPE,
                redirect_uri: format!("{suite}/test/a/concordat-{pair}/callback{query}"),
            });
        }
    }
    plans.extend(openid_connect(suite));
    plans
}

/// Of OpenID Connect itself: two that prove themselves in the header, and one that does so in the form.
fn openid_connect(suite: &str) -> impl Iterator<Item = Plan> {
    let secrets = [
        ("1", Method::ClientSecretBasic),
        ("2", Method::ClientSecretBasic),
        ("post", Method::ClientSecretPost),
    ];
    secrets.into_iter().map(move |(which, method)| Plan {
        client_id: format!("oidc-{which}"),
        name: format!("Conformance oidc {which}"),
        profile: "openid-connect",
        method,
        algorithm: Algorithm::Rs256,
        sender_constraint: "none",
        scope: "openid offline_access profile email address phone",
        redirect_uri: format!("{suite}/test/a/concordat-oidc/callback"),
    })
}

/// Every FAPI profile, with each way of proving oneself and each binding of tokens that it has.
fn pairs() -> impl Iterator<Item = (String, &'static str, Method, &'static str)> {
    let profiles = [
        ("fapi2", "fapi2-security", ["mtls", "dpop"].as_slice()),
        ("fapi2-signing", "fapi2-message-signing", &["mtls", "dpop"]),
        ("fapi1", "fapi1-advanced", &["mtls"]),
    ];
    let methods = [("jwt", Method::PrivateKeyJwt), ("mtls", Method::TlsClientAuth)];
    profiles
        .into_iter()
        .flat_map(move |(short, profile, constraints)| {
            constraints.iter().flat_map(move |constraint| {
                methods.map(|(how, method)| {
                    let binding = if *constraint == "dpop" { "-dpop" } else { "" };
                    (format!("{short}{binding}-{how}"), profile, method, *constraint)
                })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_profile_binding_and_method() {
        let plans = plans("https://suite.example/", 8446);
        let known = |id: &str| plans.iter().find(|plan| plan.client_id == id).unwrap();
        assert_eq!(known("fapi2-signing-dpop-jwt-1").sender_constraint, "dpop");
        assert_eq!(known("fapi1-mtls-2").method, Method::TlsClientAuth);
        assert_eq!(
            known("fapi2-jwt-2").redirect_uri,
            "https://suite.example/test/a/concordat-fapi2-jwt/callback?dummy1=lorem&dummy2=ipsum"
        );
        assert!(
            !plans
                .iter()
                .any(|plan| plan.profile == "fapi1-advanced" && plan.sender_constraint == "dpop")
        );
    }
}
