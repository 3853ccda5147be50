//! Signing a consumer in, for both places: the same answer, in about the same time, for a name that nobody has and for
//! a wrong password (L05). Who has a second factor is asked for its code next, in a session that opens nothing else (L08).

use std::time::Duration;

use actix_web::cookie::Cookie;
use http::slow_hash::Busy;
use secrecy::SecretString;
use store::users::User;

use crate::{
    device,
    form::Form,
    refusal::Refusal,
    session::{Place, Proof, Session, SignedIn, Standing},
    visit::Visit,
};

/// Longest name that is looked at, characters.
const LONGEST_NAME: usize = 256;

/// What came of an attempt.
pub(crate) enum Outcome {
    /// They are who they say: a new session, and the cookies that keep it and the browser in mind.
    SignedIn(Vec<Cookie<'static>>),
    /// The password is right, and their code is asked next: the cookie of the session in which it is.
    CodeNeeded(Cookie<'static>),
    /// No such name, or not its password; or not the code, or one that was used.
    Wrong,
    /// Wrong too often; looked at nothing.
    TooOften,
}

/// Longest wait for a turn at the slow hash.
const PATIENCE: Duration = Duration::from_secs(5);

/// Judges the `username` and `password` of a form whose origin was checked.
pub(crate) async fn by_password(visit: &Visit, form: &Form, place: Place) -> Result<Outcome, Refusal> {
    let username = form.get("username").unwrap_or_default().trim();
    let password = SecretString::from(form.get("password").unwrap_or_default());
    let key = device::password_key(visit, username);
    if !visit.portal.attempts.begin(key, visit.now) {
        return Ok(Outcome::TooOften);
    }
    let user = find(visit, username).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = visit
        .portal
        .passwords
        .verify(password, hash, PATIENCE)
        .await
        .map_err(|Busy| Refusal::Busy)?;
    let Some(user) = user.filter(|_| is_right) else {
        return Ok(Outcome::Wrong);
    };
    visit.portal.attempts.forget(key);
    let needs_code = user.totp_secret_sealed.is_some();
    let proven = SignedIn {
        credential: credential(&user),
        user_id: user.user_id,
        username: user.username,
        display_name: user.display_name,
        authenticated_at: visit.now,
        proof: Proof::Password,
    };
    if needs_code {
        let session = begin(visit, place, Standing::PasswordProven(proven))?;
        return Ok(Outcome::CodeNeeded(session));
    }
    signed_in(visit, place, proven)
}

/// Judges the `totp` of a form whose origin was checked, in a session of someone who has proven their password.
///
/// # Errors
/// [`Refusal::Forged`] when password or second factor have changed since.
pub(crate) async fn by_code(
    visit: &Visit,
    form: &Form,
    place: Place,
    proven: SignedIn,
) -> Result<Outcome, Refusal> {
    let key = device::code_key(visit, &proven.username);
    if !visit.portal.attempts.begin(key, visit.now) {
        return Ok(Outcome::TooOften);
    }
    let user = find(visit, &proven.username)
        .await?
        .filter(|user| is_of(user, &proven))
        .ok_or(Refusal::Forged)?;
    let sealed = user.totp_secret_sealed.ok_or(Refusal::Forged)?;
    let secret = visit
        .portal
        .totp
        .open(&sealed, &user.user_id)
        .map_err(|_| Refusal::Internal)?;
    let step = secret
        .step_of(form.get("totp").unwrap_or_default(), visit.now)
        .map_err(|_| Refusal::Internal)?;
    let Some(step) = step else {
        return Ok(Outcome::Wrong);
    };
    let user_id = user.user_id;
    let spend = move |tx: &mut store::Tx<'_>| Ok(store::users::spend_totp_step(tx, &user_id, &sealed, step)?);
    if !visit.app.store.once("portal_totp", spend).await? {
        return Ok(Outcome::Wrong);
    }
    visit.portal.attempts.forget(key);
    let proven = SignedIn {
        authenticated_at: visit.now,
        proof: Proof::PasswordAndCode,
        ..proven
    };
    signed_in(visit, place, proven)
}

fn signed_in(visit: &Visit, place: Place, user: SignedIn) -> Result<Outcome, Refusal> {
    let remembered = device::remember(&visit.portal, &user.username, visit.now, visit.random())?;
    let session = begin(visit, place, Standing::SignedIn(user))?;
    Ok(Outcome::SignedIn(vec![session, remembered]))
}

/// L01: a session with another id than the one before.
fn begin(visit: &Visit, place: Place, standing: Standing) -> Result<Cookie<'static>, Refusal> {
    Session::begin(place, standing, visit.now, visit.random()).cookie(
        &visit.portal.sessions,
        place,
        visit.random(),
    )
}

/// Whether that consumer still is one, with the password and second factor that they signed in with (L11).
pub(crate) async fn still_stands(visit: &Visit, signed_in: &SignedIn) -> Result<bool, Refusal> {
    let user = find(visit, &signed_in.username).await?;
    Ok(user.is_some_and(|user| is_of(&user, signed_in)))
}

fn is_of(user: &User, signed_in: &SignedIn) -> bool {
    user.user_id == signed_in.user_id
        && jose::secret::equal(credential(user).as_bytes(), signed_in.credential.as_bytes())
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

/// Tells passwords and second factors apart without telling anything of one: what it is made from is salted and sealed.
fn credential(user: &User) -> String {
    let sealed = user.totp_secret_sealed.as_deref().unwrap_or_default();
    let hash = jose::sha256([user.password_hash.as_bytes(), b"\n", sealed].concat());
    jose::base64url(hash.get(..16).unwrap_or_default())
}
