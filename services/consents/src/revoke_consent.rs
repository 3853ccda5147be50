//! `PATCH` and `PUT /fdx/v6/consents/{consentId}/revocation`: the same, since recipients know either.

use actix_web::{HttpResponse, patch, put, web};
use domain::{
    ConsentId,
    consent::{PartyType, UpdateReason},
};
use http::{App, Code, ErrorBody, FdxCaller, FdxError, StrictJson};
use lifecycle::{
    Actor,
    revoke::{Revoke, RevokeError, revoke},
};
use serde::Deserialize;
use store::TxError;

use crate::find::{reach, stands};

/// FDX `ConsentRevocationRequest`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentRevocationRequest {
    /// BUSINESS_RULE when absent.
    #[serde(default)]
    reason: Option<Reason>,
    /// Who wanted it: the recipient when absent, or the consumer for whom it acts.
    #[serde(default)]
    initiator: Option<Initiator>,
}

/// The two reasons that FDX knows.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Reason {
    BusinessRule,
    UserAction,
}

/// The parties for whom a recipient may speak. It is not the bank.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Initiator {
    DataAccessPlatform,
    DataRecipient,
    Individual,
}

/// Revoke a consent.
///
/// From the answer on no token of it reads anything and none is issued.
#[utoipa::path(
    tag = "consents",
    operation_id = "patchConsentRevocation",
    params(("consentId" = String, Path, description = "The consent")),
    request_body = ConsentRevocationRequest,
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, description = "The body is not one (401)", body = ErrorBody),
        (status = 401, description = "The token is not valid (603)", body = ErrorBody),
        (status = 404, description = "No such consent of this recipient (1107)", body = ErrorBody),
        (status = 409, description = "Already revoked or expired (409)", body = ErrorBody),
    )
)]
#[patch("/fdx/v6/consents/{consentId}/revocation")]
pub(crate) async fn patch_consent_revocation(
    app: web::Data<App>,
    caller: FdxCaller,
    path: web::Path<String>,
    body: StrictJson<ConsentRevocationRequest>,
) -> Result<HttpResponse, FdxError> {
    end(&app, caller, &path, &body.0).await
}

/// Revoke a consent (FDX's own method).
#[utoipa::path(
    tag = "consents",
    operation_id = "updateConsentRevocation",
    params(("consentId" = String, Path, description = "The consent")),
    request_body = ConsentRevocationRequest,
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, description = "The body is not one (401)", body = ErrorBody),
        (status = 401, description = "The token is not valid (603)", body = ErrorBody),
        (status = 404, description = "No such consent of this recipient (1107)", body = ErrorBody),
        (status = 409, description = "Already revoked or expired (409)", body = ErrorBody),
    )
)]
#[put("/fdx/v6/consents/{consentId}/revocation")]
pub(crate) async fn put_consent_revocation(
    app: web::Data<App>,
    caller: FdxCaller,
    path: web::Path<String>,
    body: StrictJson<ConsentRevocationRequest>,
) -> Result<HttpResponse, FdxError> {
    end(&app, caller, &path, &body.0).await
}

async fn end(
    app: &web::Data<App>,
    caller: FdxCaller,
    id: &str,
    body: &ConsentRevocationRequest,
) -> Result<HttpResponse, FdxError> {
    let consent_id: Option<ConsentId> = id.parse().ok();
    let reason = match body.reason {
        None | Some(Reason::BusinessRule) => UpdateReason::BusinessRule,
        Some(Reason::UserAction) => UpdateReason::UserAction,
    };
    let initiator = match body.initiator {
        None | Some(Initiator::DataRecipient) => PartyType::DataRecipient,
        Some(Initiator::DataAccessPlatform) => PartyType::DataAccessPlatform,
        Some(Initiator::Individual) => PartyType::Individual,
    };
    let (now, event_id) = (caller.now, domain::id::random_uuid(app.random()));
    app.store
        .tx("revoke_consent", move |tx| {
            stands(tx, &caller)?;
            let not_found = || TxError::Refused(FdxError::new(Code::NotFound));
            let with = Revoke {
                consent_id: consent_id.ok_or_else(not_found)?,
                actor: Actor::Recipient,
                initiator,
                reason,
                channel: "fdx:consents",
                now,
                event_id,
            };
            // What is out of reach is not even locked: nobody can tell it from what is absent by waiting for it.
            if store::grants::find_within(tx, with.consent_id, reach(&caller))?.is_none() {
                return Err(not_found());
            }
            revoke(tx, &with, |_| true).map_err(|error| match error {
                TxError::Refused(RevokeError::NotFound) => not_found(),
                TxError::Refused(RevokeError::AlreadyEnded) => {
                    TxError::Refused(FdxError::new(Code::Conflict).debug("the consent has already ended"))
                }
                TxError::Store(error) => TxError::Store(error),
            })?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
