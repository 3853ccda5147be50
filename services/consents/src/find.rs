//! Finds a consent for a caller: token, client and consent are read in one transaction, as they are now.

use actix_web::web;
use domain::{Client, ConsentGrant, ConsentId};
use http::{App, Code, FdxCaller, FdxError};
use lifecycle::Refusal;
use store::{Tx, TxError, grants::Reach};

/// A consent that the caller may know of, and the caller's client.
pub(crate) struct Found {
    pub(crate) grant: ConsentGrant,
    pub(crate) client: Client,
}

/// The consent of that id.
///
/// # Errors
/// 401 when the token has ended; 404 when there is no such consent for this caller.
pub(crate) async fn find(app: &web::Data<App>, caller: &FdxCaller, id: &str) -> Result<Found, FdxError> {
    // What is no id names nothing: the same answer as for one that is absent.
    let consent_id: Option<ConsentId> = id.parse().ok();
    let caller = caller.clone();
    app.store
        .once("find_consent", move |tx| {
            stands(tx, &caller)?;
            let token = &caller.token;
            let grant = match consent_id {
                Some(consent_id) => store::grants::find_within(tx, consent_id, reach(&caller))?,
                None => None,
            };
            let grant = grant.ok_or(TxError::Refused(FdxError::new(Code::NotFound)))?;
            let client = store::clients::find(tx, &token.client_id)?
                .ok_or(TxError::Refused(FdxError::new(Code::AuthenticationFailed)))?;
            Ok(Found { grant, client })
        })
        .await
        .map_err(Into::into)
}

/// What the caller may know of: its own consents, with a token of one of them that one alone.
pub(crate) const fn reach(caller: &FdxCaller) -> Reach<'_> {
    Reach {
        client_id: &caller.token.client_id,
        bound_to: caller.token.consent_id,
    }
}

/// That the caller's token stands. A hold keeps data back, not the consent itself: a recipient may look at it and end
/// it all the same.
pub(crate) fn stands(tx: &mut Tx<'_>, caller: &FdxCaller) -> Result<(), TxError<FdxError>> {
    let reference = caller.token.reference();
    let standing = store::standing::find(tx, reference)?;
    match lifecycle::admit(reference, &caller.token.client_id, standing.as_ref(), caller.now) {
        Ok(_) | Err(Refusal::OnHold) => Ok(()),
        Err(refusal @ Refusal::Invalid) => Err(TxError::Refused(refusal.into())),
    }
}
