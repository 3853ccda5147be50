//! The consumer signs in at the bank, chooses accounts and allows; the recipient gets the answer, signed (JARM).

use url::Url;

use super::push::Pushed;
use crate::{
    demo::{
        Cast,
        browser::{Landed, Opened},
    },
    recipient::{Authorization, AuthorizationServer, Failure},
};

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    pushed: &Pushed,
) -> Result<String, Failure> {
    cast.narrator
        .step("The consumer signs in at the bank, chooses accounts, and allows");
    let url = Url::parse_with_params(
        server.endpoint("authorization_endpoint")?,
        [
            ("client_id", cast.recipient.client_id.as_str()),
            ("request_uri", pushed.request_uri.as_str()),
        ],
    )
    .map_err(|_| Failure::new("the authorization endpoint is no URL"))?;
    let sign_in = page(cast.browser.open(url.as_str()).await?)?;
    cast.narrator.exchanged(
        "GET",
        url.as_str(),
        sign_in.status,
        "and on to the consent application",
    );
    let bound = cast
        .browser
        .cookie_names()
        .any(|name| name.starts_with("__Host-"));
    cast.check(
        bound,
        "the browser holds a __Host- cookie that binds it to this request",
    )?;

    let choice = sign_in_as_first_user(cast, &sign_in).await?;
    let mut form = choice
        .page
        .form_of("allow")
        .ok_or_else(|| Failure::new("after sign-in, no page with a button `allow`"))?;
    form.tick_all();
    let chosen = form
        .fields
        .iter()
        .filter(|(name, _)| name.starts_with("account"))
        .count();
    cast.check(
        chosen > 0,
        &format!("the page shows what is asked; the consumer ticks {chosen} accounts"),
    )?;
    let Landed::Callback(callback) = cast.browser.submit(&choice, form).await? else {
        return Err(Failure::new(
            "after the decision the browser was not sent back to the recipient",
        ));
    };
    cast.narrator
        .exchanged("POST", choice.url.as_str(), 303, "allow; back to the recipient");
    code_of(cast, server, pushed, &callback)
}

/// Signs the first sample consumer in, wherever the page asks for it.
pub(super) async fn sign_in_as_first_user(cast: &mut Cast<'_>, sign_in: &Opened) -> Result<Opened, Failure> {
    let user = cast
        .stage
        .facts
        .users
        .first()
        .ok_or_else(|| Failure::new("there is no sample consumer"))?;
    let mut form = sign_in
        .page
        .form_of("sign-in")
        .ok_or_else(|| Failure::new(format!("no sign-in form at {}", sign_in.url.path())))?;
    form.fill("username", &user.username)
        .and_then(|()| form.fill("password", &user.password))
        .ok_or_else(|| Failure::new("the sign-in form has no username and password"))?;
    let landed = page(cast.browser.submit(sign_in, form).await?)?;
    cast.narrator.exchanged(
        "POST",
        sign_in.url.as_str(),
        landed.status,
        &format!("as {}", user.username),
    );
    Ok(landed)
}

/// A page of the bank's, and no error among them.
pub(super) fn page(landed: Landed) -> Result<Opened, Failure> {
    match landed {
        Landed::Page(opened) if opened.status == 200 => Ok(*opened),
        Landed::Page(opened) => {
            let code = opened.page.text_of("error-code").unwrap_or_default();
            Err(Failure::new(format!(
                "{} answered {} {code}",
                opened.url.path(),
                opened.status
            )))
        }
        Landed::Callback(url) => {
            let query = url.query_pairs().find(|(name, _)| name == "error");
            Err(Failure::new(format!(
                "sent back to the recipient too early: {query:?}"
            )))
        }
    }
}

/// Verifies the signed response and gives the code.
fn code_of(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    pushed: &Pushed,
    callback: &Url,
) -> Result<String, Failure> {
    let names: Vec<_> = callback
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    cast.check(
        names == ["response"],
        "the browser carries one parameter, a signed response, and no bare code",
    )?;
    let response = callback
        .query_pairs()
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let claims = Authorization::response(&cast.recipient, server, &response)?;
    cast.narrator
        .checked("it is signed by the server, from this issuer, for this client");
    let text = |name| claims.str(name).ok().flatten().unwrap_or_default().to_owned();
    if !text("error").is_empty() {
        return Err(Failure::new(format!("the server answered {}", text("error"))));
    }
    cast.check(
        text("state") == pushed.authorization.state,
        "its state is the one that was pushed",
    )?;
    let code = text("code");
    cast.check(code.len() >= 43, "it holds a code of 256 bits")?;
    Ok(code)
}
