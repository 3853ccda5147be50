//! Every endpoint, without a token and with every wrong one.
//!
//! What there is comes from the OpenAPI documents as they are served: an endpoint that is added there and not in
//! [`ENDPOINTS`] fails the test, and so does one that is here and no longer there. What a caller is told is exactly the
//! documented refusal, and the answer says nothing about anybody else.

mod applications;
mod clients;
mod paths;
mod recipients;
mod scene;
mod subscribers;

use std::collections::BTreeSet;

use testkit::answer::Answer;

use crate::stage::TestPlatform;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Anybody: metadata, and where browsers go.
    Open,
    /// A client that proves itself in the request: `client_authentication.rs` has its cases, and here is that nobody
    /// gets in without.
    Client,
    /// A client with a token of a consumer who signed in: `userinfo.rs` has its cases.
    Identity,
    /// A data recipient, with a token bound to its certificate.
    Recipient(Reach),
    /// A data recipient that acts for itself, with `fdx:notifications:subscribe`.
    Subscriber(Naming),
    /// An application of the bank, with a token of one of these scopes.
    Bank(&'static str),
}

/// What an FDX endpoint tells a recipient that asks for what is another's, and one that asks with its own token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It lists what the token reaches, and nothing of another's.
    Own,
    /// An account: absent and another's are told alike.
    Account,
    /// A consent: absent and another's are told alike; the recipient's own token reaches it.
    Consent,
}

/// Whether an endpoint of the event API names a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// It is about all that the recipient has, or will have.
    None,
    /// Absent and another's are told alike.
    Subscription,
}

const ENDPOINTS: &[(&str, &str, Guard)] = &[
    ("GET", "/.well-known/oauth-authorization-server", Guard::Open),
    ("GET", "/.well-known/openid-configuration", Guard::Open),
    ("GET", "/fdx/auth/v1/well-known", Guard::Open),
    ("GET", "/fdx/auth/v1/jwks", Guard::Open),
    ("GET", "/fdx/auth/v1/authorize", Guard::Open),
    ("POST", "/fdx/auth/v1/authorize", Guard::Open),
    ("GET", "/fdx/auth/v1/authorize/{resourceId}/continue", Guard::Open),
    ("POST", "/fdx/auth/v1/par", Guard::Client),
    ("POST", "/fdx/auth/v1/token", Guard::Client),
    ("GET", "/fdx/auth/v1/userinfo", Guard::Identity),
    ("POST", "/fdx/auth/v1/userinfo", Guard::Identity),
    ("POST", "/fdx/auth/v1/introspect", Guard::Client),
    ("POST", "/fdx/auth/v1/revoke", Guard::Client),
    ("GET", "/fdx/v6/core/accounts", Guard::Recipient(Reach::Own)),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/transactions",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/contact",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/payment-networks",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/asset-transfer-networks",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/consents/{consentId}",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "GET",
        "/fdx/v6/consents/{consentId}/revocation",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "GET",
        "/fdx/v6/consents/{consentId}/receipts",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "PUT",
        "/fdx/v6/consents/{consentId}/revocation",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "PATCH",
        "/fdx/v6/consents/{consentId}/revocation",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "GET",
        "/fdx/v6/events/notifications",
        Guard::Subscriber(Naming::None),
    ),
    (
        "GET",
        "/fdx/v6/events/notification-subscriptions",
        Guard::Subscriber(Naming::None),
    ),
    (
        "POST",
        "/fdx/v6/events/notification-subscriptions",
        Guard::Subscriber(Naming::None),
    ),
    (
        "GET",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "DELETE",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "DELETE",
        "/fdx/v6/events/{consentId}/revocation/{subscriptionId}",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "POST",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}/test",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "GET",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}/deliveries",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "GET",
        "/external/authentication/v1/resources/{resourceId}",
        Guard::Bank("external:resources:read"),
    ),
    (
        "PATCH",
        "/external/authentication/v1/resources/{resourceId}",
        Guard::Bank("external:resources:write"),
    ),
    (
        "GET",
        "/external/authentication/v1/resources/{resourceId}/accounts",
        Guard::Bank("external:resources:read"),
    ),
    (
        "POST",
        "/external/authentication/v1/resources/{resourceId}/preview",
        Guard::Bank("external:resources:read"),
    ),
    (
        "GET",
        "/participant/user/v1/consents",
        Guard::Bank("participantuser:consents:read"),
    ),
    (
        "GET",
        "/participant/user/v1/consents/{consentId}",
        Guard::Bank("participantuser:consents:read"),
    ),
    (
        "PATCH",
        "/participant/user/v1/consents/{consentId}",
        Guard::Bank("participantuser:consents:write"),
    ),
    (
        "POST",
        "/participant/user/v1/consents/revocation",
        Guard::Bank("participantuser:consents:write"),
    ),
    (
        "GET",
        "/participant/user/v1/consents/{consentId}/accesses",
        Guard::Bank("participantuser:consents:read"),
    ),
    (
        "GET",
        "/participant/user/v1/consents/{consentId}/receipts",
        Guard::Bank("participantuser:consents:read"),
    ),
];

/// The documents' endpoints, method and path, in their order.
pub(crate) async fn documented(platform: &TestPlatform) -> Vec<(String, String)> {
    let plain = platform.platform.channel(None);
    let mut endpoints = vec![];
    for service in platform::serve::Service::DOCUMENTED {
        let url = format!("{}/docs/{}.json", platform.platform.public, service.name());
        let document = Answer::to(plain.get(url)).await.expect(200).json;
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                endpoints.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    endpoints
}

#[tokio::test]
async fn every_documented_endpoint_has_its_cases_here() {
    let platform = TestPlatform::shared().await;
    let here: BTreeSet<_> = ENDPOINTS
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(
        documented(platform).await.into_iter().collect::<BTreeSet<_>>(),
        here,
        "add the endpoint, and who may call it, to ENDPOINTS"
    );
}
