//! Signing a consumer in, for both places: the same answer, in about the same time, for a name that nobody has and for
//! a wrong password (L05).

use actix_web::cookie::Cookie;
use secrecy::SecretString;
use store::users::User;

use crate::{
    device,
    form::Form,
    refusal::Refusal,
    session::{Place, Session, SignedIn},
    visit::Visit,
};

/// Longest name that is looked at, characters.
const LONGEST_NAME: usize = 256;

/// What came of an attempt.
pub(crate) enum Outcome {
    /// They are who they say: a new session, and the cookies that keep it and the browser in mind.
    SignedIn(Vec<Cookie<'static>>),
    /// No such name, or not its password.
    Wrong,
    /// Wrong too often; looked at neither name nor password.
    TooOften,
}

/// Judges the `username` and `password` of a form whose origin was checked.
pub(crate) async fn sign_in(visit: &Visit, form: &Form, place: Place) -> Result<Outcome, Refusal> {
    let username = form.get("username").unwrap_or_default().trim();
    let password = SecretString::from(form.get("password").unwrap_or_default());
    let key = device::attempt_key(&visit.portal, &visit.request, username, visit.now);
    if !visit.portal.attempts.begin(key, visit.now) {
        return Ok(Outcome::TooOften);
    }
    let user = find(visit, username).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = visit.portal.passwords.verify(password, hash).await?;
    let Some(user) = user.filter(|_| is_right) else {
        return Ok(Outcome::Wrong);
    };
    visit.portal.attempts.forget(key);
    let remembered = device::remember(&visit.portal, &user.username, visit.now, visit.random())?;
    let user = SignedIn {
        credential: credential(&user),
        user_id: user.user_id,
        username: user.username,
        display_name: user.display_name,
        authenticated_at: visit.now,
    };
    // L01: another id than the one before.
    let session = Session::begin(place, Some(user), visit.now, visit.random());
    let kept = session.cookie(&visit.portal.sessions, place, visit.random())?;
    Ok(Outcome::SignedIn(vec![kept, remembered]))
}

/// Whether that consumer still is one, with the password that they signed in with (L11).
pub(crate) async fn still_stands(visit: &Visit, signed_in: &SignedIn) -> Result<bool, Refusal> {
    let user = find(visit, &signed_in.username).await?;
    Ok(user.is_some_and(|user| {
        user.user_id == signed_in.user_id
            && jose::secret::equal(credential(&user).as_bytes(), signed_in.credential.as_bytes())
    }))
}

async fn find(visit: &Visit, username: &str) -> Result<Option<User>, Refusal> {
    let name = Some(username.to_owned())
        .filter(|name| name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control));
    let find = move |tx: &mut store::Tx<'_>| {
        // A name that cannot be is asked for all the same, so that it takes as long.
        Ok(store::users::find_by_username(
            tx,
            name.as_deref().unwrap_or_default(),
        )?)
    };
    Ok(visit.app.store.once("portal_user", find).await?)
}

/// Tells passwords apart without telling anything of one: the hash that it is made from is salted.
fn credential(user: &User) -> String {
    let hash = jose::sha256(&user.password_hash);
    jose::base64url(hash.get(..16).unwrap_or_default())
}
