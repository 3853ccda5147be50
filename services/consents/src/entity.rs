//! Grants as FDX writes them.

use chrono::SecondsFormat;
use domain::{
    ConsentGrant, ConsentId, ConsentState, DataCluster, Instant,
    authorization_details::ResourceType,
    client::ClientMetadata,
    consent::{ConsentStatus, DurationType, PartyType, UpdateReason},
    id::AccountId,
    party::Party,
};
use serde::Serialize;

/// FDX `ConsentGrant`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConsentGrant)]
pub(crate) struct ConsentGrantEntity {
    id: ConsentId,
    status: ConsentStatus,
    parties: Vec<Party>,
    /// Whole seconds, UTC.
    created_time: String,
    /// Whole seconds, UTC.
    expiration_time: String,
    /// Whole seconds, UTC.
    updated_time: String,
    duration_type: DurationType,
    /// Days, counted from the grant.
    duration_period: u16,
    /// Days, counted back from each request.
    lookback_period: u16,
    /// The accounts that can be read: one that awaits the approval of another of its holders is not among them.
    resources: Vec<Resource>,
    links: Vec<Link>,
}

/// FDX `ConsentGrantResource`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConsentGrantResource)]
struct Resource {
    resource_type: ResourceType,
    resource_id: AccountId,
    data_clusters: Vec<DataCluster>,
}

/// FDX `HateoasLink`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = HateoasLink)]
struct Link {
    href: String,
    action: &'static str,
    rel: &'static str,
    types: [&'static str; 1],
}

/// FDX `ConsentRevocationList`.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ConsentRevocationList {
    revocations: Vec<ConsentRevocation>,
}

/// FDX `ConsentRevocation`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConsentRevocation {
    status: ConsentStatus,
    reason: UpdateReason,
    initiator: PartyType,
    /// Whole seconds, UTC.
    updated_time: String,
}

/// The customer's clients expect no fraction of a second.
fn time(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl ConsentGrantEntity {
    /// A grant as it is at `now`.
    pub(crate) fn of(grant: &ConsentGrant, recipient: &ClientMetadata, now: Instant) -> Self {
        let link = |href, action, rel| Link {
            href,
            action,
            rel,
            types: ["application/json"],
        };
        let path = |id| format!("/fdx/v6/consents/{id}");
        let renewal = [
            (grant.supersedes, "supersedes"),
            (grant.superseded_by, "superseded-by"),
        ];
        Self {
            id: grant.id,
            status: grant.state_at(now).fdx_status(),
            parties: std::iter::once(Party::recipient(recipient))
                .chain(Party::intermediaries(recipient))
                .collect(),
            created_time: time(grant.created_at),
            expiration_time: time(grant.expires_at),
            updated_time: time(grant.updated_at),
            duration_type: grant.terms.duration_type,
            duration_period: grant.terms.duration_days,
            lookback_period: grant.terms.lookback_days,
            resources: grant
                .served_accounts()
                .map(|account| Resource {
                    resource_type: ResourceType::Account,
                    resource_id: account.account_id.clone(),
                    data_clusters: account.data_clusters.iter().copied().collect(),
                })
                .collect(),
            links: [
                link(path(grant.id), "GET", "self"),
                link(format!("{}/revocation", path(grant.id)), "PUT", "revoke"),
            ]
            .into_iter()
            .chain(
                renewal
                    .into_iter()
                    .filter_map(|(id, rel)| id.map(|id| link(path(id), "GET", rel))),
            )
            .collect(),
        }
    }
}

impl ConsentRevocationList {
    /// The revocation of a grant, if it was revoked.
    pub(crate) fn of(grant: &ConsentGrant) -> Self {
        let revocations = match &grant.stored_state {
            ConsentState::Revoked {
                at,
                initiator,
                reason,
            } => vec![ConsentRevocation {
                status: ConsentStatus::Revoked,
                // FDX knows two reasons; ours for the bank's records are rules of the bank.
                reason: match reason {
                    UpdateReason::UserAction => UpdateReason::UserAction,
                    UpdateReason::BusinessRule | UpdateReason::SecurityEvent | UpdateReason::Other => {
                        UpdateReason::BusinessRule
                    }
                },
                initiator: *initiator,
                updated_time: time(*at),
            }],
            _ => vec![],
        };
        Self { revocations }
    }
}
