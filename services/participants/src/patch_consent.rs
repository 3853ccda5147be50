//! `PATCH /participant/user/v1/consents/{consentId}`: end, hold or resume.

use actix_web::{HttpRequest, HttpResponse, http::header::IF_MATCH, patch, web};
use domain::{ConsentGrant, ConsentId, Instant, Scope, UserId, consent::UpdateReason, id::random_uuid};
use http::{App, Code, ETag, FdxError, IfMatch, LogFields, SolutionCaller, StrictJson};
use lifecycle::{
    revoke::{self, Revoke},
    suspend::{self, Suspend, Suspension},
};
use store::{Tx, TxError};
use uuid::Uuid;

use crate::{
    change::{Change, Hold, Resumption, Revocation},
    consent::UserConsent,
    error::{self, Refusal},
    read,
};

/// The door, as history names it.
const CHANNEL: &str = "participant-user";

/// Ends, holds or resumes a consent of a consumer.
///
/// From the commit on, reads and refreshes follow the new state. `If-Match` is honoured and not required: ending
/// what one shares must not fail because something else changed.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "changeUserConsent",
    params(
        ("consentId" = String, Path, format = Uuid, description = "The consent"),
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = Change,
    responses(
        (status = 200, description = "The consent after the change", body = UserConsent, headers(("ETag" = String))),
        (status = 400, description = "401: unknown member, or a hold that ends in the past", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: absent, or another consumer's", body = http::error::ErrorBody),
        (status = 409, description = "409: the consent has ended", body = http::error::ErrorBody),
        (status = 412, description = "412: changed since it was read", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["participantuser:consents:write"]))
)]
#[patch("/participant/user/v1/consents/{consentId}")]
pub(crate) async fn patch_consent(
    app: web::Data<App>,
    request: HttpRequest,
    caller: SolutionCaller,
    consent_id: web::Path<String>,
    query: Result<web::Query<read::OfUser>, actix_web::Error>,
    if_match: Result<IfMatch, FdxError>,
    body: Result<StrictJson<Change>, FdxError>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsWrite)?;
    let user_id = read::query(query)?.user_id;
    let consent_id: ConsentId = consent_id.parse().map_err(|_| Code::NotFound)?;
    LogFields::update(&request, |fields| fields.consent_id = Some(consent_id));
    // Judged after the caller: whoever may not change anything learns nothing of what a change needs.
    let StrictJson(change) = body?;
    let version = match if_match {
        Ok(IfMatch(version)) => Some(version),
        Err(_) if !request.headers().contains_key(IF_MATCH) => None,
        Err(error) => return Err(error),
    };
    if matches!(change, Change::OnHold(Hold { hold_until: Some(until), .. }) if until <= caller.now) {
        return Err(FdxError::new(Code::InvalidInput).debug("holdUntil must be in the future"));
    }
    let command = Command {
        consent_id,
        user_id,
        version,
        change,
        now: caller.now,
        event_id: random_uuid(app.random()),
    };
    let (version, consent) = app
        .store
        .tx::<_, Refusal, _>("change_user_consent", move |tx| command.run(tx))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(ETag(version))
        .insert_header(("cache-control", "no-store"))
        .json(consent))
}

/// A change of one consent, with everything that it will write.
struct Command {
    consent_id: ConsentId,
    user_id: UserId,
    version: Option<i32>,
    change: Change,
    now: Instant,
    event_id: Uuid,
}

impl Command {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(i32, UserConsent), TxError<Refusal>> {
        if let Some(version) = self.version {
            let found = store::grants::lock(tx, self.consent_id)?
                .filter(|grant| self.is_theirs(grant))
                .ok_or(TxError::Refused(Refusal::NotFound))?;
            if found.version != version {
                return Err(TxError::Refused(Refusal::Stale));
            }
        }
        let grant = self.apply(tx).map_err(error::lifecycle)?;
        Ok(read::in_full(tx, &grant, self.now)?)
    }

    fn apply(&self, tx: &mut Tx<'_>) -> Result<ConsentGrant, TxError<revoke::RevokeError>> {
        let is_theirs = |grant: &ConsentGrant| self.is_theirs(grant);
        let (suspension, initiator) = match self.change {
            Change::Revoked(Revocation { reason, initiator }) => {
                let revoke = Revoke {
                    consent_id: self.consent_id,
                    actor: initiator.actor(),
                    initiator: initiator.actor().party(),
                    reason: reason.unwrap_or(UpdateReason::UserAction),
                    channel: CHANNEL,
                    now: self.now,
                    event_id: self.event_id,
                };
                return revoke::revoke(tx, &revoke, is_theirs);
            }
            Change::OnHold(Hold {
                hold_until,
                initiator,
            }) => (Suspension::Hold { until: hold_until }, initiator),
            Change::Active(Resumption { initiator }) => (Suspension::Resume, initiator),
        };
        let suspend = Suspend {
            consent_id: self.consent_id,
            suspension,
            actor: initiator.actor(),
            channel: CHANNEL,
            now: self.now,
            event_id: self.event_id,
        };
        suspend::suspend(tx, &suspend, is_theirs)
    }

    fn is_theirs(&self, grant: &ConsentGrant) -> bool {
        grant.user_id == self.user_id
    }
}
