//! An authentication resource as the consent application reads it: all that a consent screen needs.

use chrono::SubsecRound;
use domain::{Client, ConsentId, DataCluster, Instant, Party, ResourceId, consent::DurationType, identity};
use http::{App, endpoints::AUTHORIZE};
use lifecycle::AuthorizationRequest;
use serde::Serialize;
use store::resources::{Resource, ResourceState};

/// A decision that waits for the consumer, or was taken and waits for the browser to come back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticationResource {
    /// Its id.
    resource_id: ResourceId,
    /// Where the decision stands.
    status: ResourceStatus,
    /// When the browser began.
    #[schema(value_type = String, format = DateTime)]
    created_time: Instant,
    /// When it lapses: sign-in and decision must be over.
    #[schema(value_type = String, format = DateTime)]
    expiration_time: Instant,
    /// The recipient's client id.
    client_id: String,
    /// Who asks.
    recipient: Party,
    /// Who stands between the recipient and the bank.
    intermediaries: Vec<Party>,
    /// What the recipient says that it wants the data for: in its request, or in its registration. Its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    /// The consent that this one is to take the place of: it ends when this one is allowed. Only its consumer can.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<ConsentId>,
    /// What is asked. The lengths are those that the policy gives, and what the grant will have.
    consent_request: RequestedConsent,
    /// What the recipient would learn of the consumer themself, at userinfo, with the words that a consumer reads. Each topic
    /// can be denied (`identityScopes` of the decision).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identity: Vec<identity::Topic>,
    /// The standard claims of OpenID Connect in `identity`. The platform tells what the bank's record of the customer says; the
    /// decision may tell them otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<String>,
    /// Context classes one of which the recipient insists on: without it the authorization fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required_acr_values: Vec<String>,
    /// Authentication context classes that the recipient would like, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acr_values: Vec<String>,
    /// Oldest authentication that will do, seconds. An older one is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<u32>,
    /// Who the recipient thinks the consumer is. A claim of theirs: good to fill in a form, proof of nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    login_hint: Option<String>,
    /// Languages that the consumer reads, best first (BCP 47).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ui_locales: Vec<String>,
    /// Where to send the browser now that it is decided. Works only in the browser that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_url: Option<String>,
}

/// Where a decision stands. One whose time is over, or that the recipient was told of, is 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ResourceStatus {
    /// Waits for a decision.
    Lodged,
    /// The consumer said yes.
    Approved,
    /// The consumer said no.
    Rejected,
}

/// What is asked of the consumer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct RequestedConsent {
    /// Kind of duration.
    duration_type: DurationType,
    /// Whole days from the decision to the end.
    duration_period: u16,
    /// Whole days back from each read.
    lookback_period: u16,
    /// What is asked of the accounts that the consumer will choose, in the order of a consent screen. None: the
    /// recipient wants to know who the consumer is, and no account is chosen.
    data_clusters: Vec<RequestedCluster>,
}

/// A data cluster with the words that a consumer reads (FDX UX guidelines).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct RequestedCluster {
    /// FDX name.
    data_cluster: DataCluster,
    /// Its name for people.
    label: &'static str,
    /// What is really shared.
    description: &'static str,
}

impl AuthenticationResource {
    /// The resource, its request and its client in wire form.
    pub(crate) fn new(app: &App, resource: Resource, request: AuthorizationRequest, client: &Client) -> Self {
        let status = match resource.state {
            ResourceState::Lodged => ResourceStatus::Lodged,
            ResourceState::Approved | ResourceState::Completed => ResourceStatus::Approved,
            ResourceState::Rejected => ResourceStatus::Rejected,
        };
        Self {
            resource_id: resource.resource_id,
            status,
            created_time: resource.created_at.trunc_subsecs(0),
            expiration_time: resource.expires_at.trunc_subsecs(0),
            client_id: client.client_id.to_string(),
            recipient: Party::recipient(&client.metadata),
            intermediaries: Party::intermediaries(&client.metadata),
            consent_request: RequestedConsent::of(&request),
            identity: identity::topics(request.identity_claims()),
            claims: request.identity_claims().into_iter().map(str::to_owned).collect(),
            required_acr_values: request.claims.required_acr().to_vec(),
            purpose: request.purpose.or_else(|| client.metadata.description.clone()),
            replaces: request.replaces,
            acr_values: request.acr_values,
            max_age: request.max_age,
            login_hint: request.login_hint,
            ui_locales: request.ui_locales,
            continue_url: (status != ResourceStatus::Lodged).then(|| continue_url(app, resource.resource_id)),
        }
    }
}

impl RequestedConsent {
    fn of(request: &AuthorizationRequest) -> Self {
        let requested = |data_cluster: DataCluster| RequestedCluster {
            data_cluster,
            label: data_cluster.label(),
            description: data_cluster.description(),
        };
        Self {
            duration_type: request.terms.duration_type,
            duration_period: request.terms.duration_days,
            lookback_period: request.terms.lookback_days,
            data_clusters: request.data_clusters().into_iter().map(requested).collect(),
        }
    }
}

/// Where the browser completes the authorization.
pub(crate) fn continue_url(app: &App, resource_id: ResourceId) -> String {
    app.endpoints
        .public(&format!("{AUTHORIZE}/{resource_id}/continue"))
}
