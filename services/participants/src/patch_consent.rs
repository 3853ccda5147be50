//! `PATCH /participant/user/v1/consents/{consentId}`: end, hold, resume; take accounts out; approve as another holder.

use actix_web::{HttpRequest, HttpResponse, http::header::IF_MATCH, patch, web};
use domain::{ConsentGrant, ConsentId, Instant, Scope, UserId, consent::UpdateReason, id::random_uuid};
use http::{App, Code, ETag, FdxError, IfMatch, SolutionCaller, StrictJson};
use lifecycle::{
    approve::{self, Approve, HolderAnswer},
    narrow::{self, Narrow},
    revoke::{self, Revoke},
    suspend::{self, Suspend, Suspension},
};
use store::{Tx, TxError};
use uuid::Uuid;

use crate::{
    change::{
        Action, Change, ConsentChange, Hold, Holding, Initiator, Removal, Resumption, Revocation, word,
    },
    consent::UserConsent,
    error::{self, Refusal},
    read,
    role::Seen,
};

/// The door, as history names it.
pub(crate) const CHANNEL: &str = "participant-user";

/// Changes a consent of a consumer.
///
/// Who granted it ends, holds and resumes it and takes accounts out; another holder of an account of it approves, and
/// withdraws that. From the commit on, reads and refreshes follow the new state. `If-Match` is honoured and not required: ending
/// what one shares must not fail because something else changed.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "changeUserConsent",
    params(
        ("consentId" = String, Path, format = Uuid, description = "The consent"),
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = ConsentChange,
    responses(
        (status = 200, description = "The consent after the change", body = UserConsent, headers(("ETag" = String))),
        (status = 400, description = "401: unknown member, a hold that ends in the past, or an account that is not of this consent", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: absent, another consumer's, or not this holder's to change", body = http::error::ErrorBody),
        (status = 409, description = "409: the consent has ended, the last account would go, or the approval is so already", body = http::error::ErrorBody),
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
    body: Result<StrictJson<ConsentChange>, FdxError>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsWrite)?;
    let user_id = read::query(query)?.user_id;
    let consent_id = read::consent_id(&request, &consent_id)?;
    // Judged after the caller: whoever may not change anything learns nothing of what a change needs.
    let StrictJson(change) = body?;
    let version = match if_match {
        Ok(IfMatch(version)) => Some(version),
        Err(_) if !request.headers().contains_key(IF_MATCH) => None,
        Err(error) => return Err(error),
    };
    change
        .check(caller.now)
        .map_err(|fault| FdxError::new(Code::InvalidInput).debug(fault))?;
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
    change: ConsentChange,
    now: Instant,
    event_id: Uuid,
}

impl Command {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(i32, UserConsent), TxError<Refusal>> {
        let not_found = || TxError::Refused(Refusal::NotFound);
        if let Some(version) = self.version {
            store::grants::lock(tx, self.consent_id)?;
            let seen = Seen::find(tx, self.consent_id, &self.user_id)?.ok_or_else(not_found)?;
            if seen.grant.version != version {
                return Err(TxError::Refused(Refusal::Stale));
            }
        }
        self.apply(tx)?;
        read::consent(tx, self.consent_id, &self.user_id, self.now)
    }

    fn apply(&self, tx: &mut Tx<'_>) -> Result<ConsentGrant, TxError<Refusal>> {
        match &self.change {
            ConsentChange::Status(Change::Revoked(revocation)) => self.revoke(tx, *revocation),
            ConsentChange::Status(Change::OnHold(Hold {
                hold_until,
                initiator,
            })) => self.suspend(tx, Suspension::Hold { until: *hold_until }, *initiator),
            ConsentChange::Status(Change::Active(Resumption { initiator })) => {
                self.suspend(tx, Suspension::Resume, *initiator)
            }
            ConsentChange::Action(Action::RemoveAccounts(removal)) => self.narrow(tx, removal),
            ConsentChange::Action(Action::Approve(holding)) => {
                self.answer(tx, HolderAnswer::Approve, holding)
            }
            ConsentChange::Action(Action::Withdraw(holding)) => {
                self.answer(tx, HolderAnswer::Withdraw, holding)
            }
        }
    }

    fn revoke(&self, tx: &mut Tx<'_>, with: Revocation) -> Result<ConsentGrant, TxError<Refusal>> {
        let revoke = Revoke {
            consent_id: self.consent_id,
            actor: with.initiator.actor(),
            initiator: with.initiator.actor().party(),
            reason: with.reason.unwrap_or(UpdateReason::UserAction),
            channel: CHANNEL,
            now: self.now,
            event_id: self.event_id,
        };
        revoke::revoke(tx, &revoke, |grant| self.is_theirs(grant)).map_err(error::lifecycle)
    }

    fn suspend(
        &self,
        tx: &mut Tx<'_>,
        suspension: Suspension,
        initiator: Initiator,
    ) -> Result<ConsentGrant, TxError<Refusal>> {
        let suspend = Suspend {
            consent_id: self.consent_id,
            suspension,
            actor: initiator.actor(),
            channel: CHANNEL,
            now: self.now,
            event_id: self.event_id,
        };
        suspend::suspend(tx, &suspend, |grant| self.is_theirs(grant)).map_err(error::lifecycle)
    }

    fn narrow(&self, tx: &mut Tx<'_>, removal: &Removal) -> Result<ConsentGrant, TxError<Refusal>> {
        let narrow = Narrow {
            consent_id: self.consent_id,
            account_ids: removal.account_ids.clone(),
            actor: removal.initiator.actor(),
            channel: CHANNEL,
            reason: Some(word(removal.reason.unwrap_or(UpdateReason::UserAction)).into()),
            now: self.now,
            event_id: self.event_id,
        };
        narrow::narrow(tx, &narrow, |grant| self.is_theirs(grant)).map_err(error::lifecycle)
    }

    fn answer(
        &self,
        tx: &mut Tx<'_>,
        answer: HolderAnswer,
        holding: &Holding,
    ) -> Result<ConsentGrant, TxError<Refusal>> {
        let approve = Approve {
            consent_id: self.consent_id,
            user_id: self.user_id.clone(),
            answer,
            account_ids: holding.account_ids.clone(),
            channel: CHANNEL,
            now: self.now,
            event_id: self.event_id,
        };
        approve::approve(tx, &approve).map_err(error::lifecycle)
    }

    fn is_theirs(&self, grant: &ConsentGrant) -> bool {
        grant.user_id == self.user_id
    }
}
