//! `POST /participant/user/v1/consents/revocation`: ends everything that a consumer shares, or all with one recipient.

use actix_web::{HttpResponse, post, web};
use domain::{
    ClientId, ConsentGrant, ConsentId, Instant, Scope, UserId, consent::UpdateReason, id::random_uuid,
};
use http::{App, FdxError, SolutionCaller, StrictJson};
use lifecycle::revoke::{self, Revoke};
use serde::{Deserialize, Serialize};
use store::{Tx, TxError};
use uuid::Uuid;

use crate::{
    change::Initiator,
    error::{self, Refusal},
    patch_consent::CHANNEL,
};

/// Consents that end in one transaction: few enough that nobody waits long for them.
const AT_ONCE: usize = 25;

/// Consents that one call looks up at a time.
const LOOKED_UP: i32 = 1_000;

/// Whose consents end.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RevokeConsents {
    /// The consumer whom the application signed in.
    #[schema(value_type = String)]
    user_id: UserId,
    /// Only those with this recipient.
    #[schema(value_type = Option<String>)]
    client_id: Option<ClientId>,
    /// Why; USER_ACTION when absent.
    reason: Option<UpdateReason>,
    /// Who wants it; the consumer when absent.
    #[serde(default)]
    initiator: Initiator,
}

/// What was ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RevokedConsents {
    /// The consents that this call ended; none when nothing was left to end.
    revoked: Vec<ConsentId>,
}

/// Ends every consent that a consumer granted and that has not ended.
///
/// A call that is repeated ends what was granted since, which is nothing when nothing was. When it fails, a part may have
/// ended: call again. Consents that others granted of joint accounts are not ended; an approval of them is withdrawn.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "revokeUserConsents",
    request_body = RevokeConsents,
    responses(
        (status = 200, description = "What was ended", body = RevokedConsents),
        (status = 400, description = "401: the body is not one", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["participantuser:consents:write"]))
)]
#[post("/participant/user/v1/consents/revocation")]
pub(crate) async fn revoke_consents(
    app: web::Data<App>,
    caller: SolutionCaller,
    body: Result<StrictJson<RevokeConsents>, FdxError>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsWrite)?;
    // Judged after the caller: whoever may not change anything learns nothing of what a change needs.
    let StrictJson(body) = body?;
    let now = caller.now;
    let mut revoked = Vec::new();
    loop {
        let (user_id, client_id) = (body.user_id.clone(), body.client_id.clone());
        let living = app
            .store
            .reading::<_, Refusal, _>("list_living", move |tx| {
                let client_id = client_id.as_ref();
                Ok(store::consent_lists::list_living(
                    tx, &user_id, client_id, now, LOOKED_UP,
                )?)
            })
            .await?;
        for some in living.chunks(AT_ONCE) {
            // The ids of the events are made here, so that a transaction that runs twice writes the same.
            let some: Vec<_> = some.iter().map(|id| (*id, random_uuid(app.random()))).collect();
            let body = body.clone();
            let ended = app
                .store
                .tx("revoke_user_consents", move |tx| {
                    revoke_some(tx, &some, &body, now)
                })
                .await?;
            revoked.extend(ended);
        }
        if living.len() < LOOKED_UP.unsigned_abs() as usize {
            break;
        }
    }
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(RevokedConsents { revoked }))
}

/// Ends those that still live; who was faster has ended the others.
fn revoke_some(
    tx: &mut Tx<'_>,
    some: &[(ConsentId, Uuid)],
    body: &RevokeConsents,
    now: Instant,
) -> Result<Vec<ConsentId>, TxError<Refusal>> {
    let mut ended = Vec::new();
    for (consent_id, event_id) in some {
        let is_theirs = |grant: &ConsentGrant| grant.user_id == body.user_id;
        let lives = store::grants::lock(tx, *consent_id)?
            .is_some_and(|grant| is_theirs(&grant) && !grant.state_at(now).is_final());
        if lives {
            let revoke = Revoke {
                consent_id: *consent_id,
                actor: body.initiator.actor(),
                initiator: body.initiator.actor().party(),
                reason: body.reason.unwrap_or(UpdateReason::UserAction),
                channel: CHANNEL,
                now,
                event_id: *event_id,
            };
            revoke::revoke(tx, &revoke, is_theirs).map_err(error::lifecycle)?;
            ended.push(*consent_id);
        }
    }
    Ok(ended)
}
