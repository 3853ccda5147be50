//! The consumer opens the bank's dashboard and ends the consent.

use super::{
    consent::{page, sign_in_as_first_user},
    redeem::Tokens,
};
use crate::{
    demo::{Cast, browser::Opened},
    recipient::Failure,
};

pub(in crate::demo) async fn run(cast: &mut Cast<'_>, tokens: &Tokens) -> Result<(), Failure> {
    cast.narrator.step("The consumer opens the dashboard and revokes");
    let url = cast.stage.facts.portal.clone();
    let mut opened = page(cast.browser.open(&url).await?)?;
    cast.narrator.exchanged("GET", &url, opened.status, "");
    if opened.page.has("sign-in") {
        opened = sign_in_as_first_user(cast, &opened).await?;
    }
    let link = opened
        .page
        .element(&format!("consent-{}", tokens.consent_id))
        .and_then(|link| link.attribute("href"))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("the dashboard does not list the consent"))?;
    cast.narrator.checked("the dashboard lists the consent");

    let url = opened
        .url
        .join(&link)
        .map_err(|_| Failure::new("the consent's link is no URL"))?;
    let consent = page(cast.browser.open(url.as_str()).await?)?;
    cast.narrator.exchanged("GET", url.as_str(), consent.status, "");
    let question = press(cast, consent, "stop", "stop sharing").await?;
    let ended = press(cast, question, "revoke", "yes, stop").await?;
    cast.check(
        !ended.page.has("stop"),
        "it is ended: there is nothing left to stop",
    )
}

async fn press(cast: &mut Cast<'_>, from: Opened, button: &str, note: &str) -> Result<Opened, Failure> {
    let missing = || Failure::new(format!("no button or link `{button}`"));
    let element = from.page.element(button).ok_or_else(missing)?;
    let (method, landed) = match element.attribute("href") {
        Some(link) => {
            let url = from.url.join(link).map_err(|_| missing())?;
            ("GET", cast.browser.open(url.as_str()).await?)
        }
        None => {
            let form = from.page.form_of(button).ok_or_else(missing)?;
            ("POST", cast.browser.submit(&from, form).await?)
        }
    };
    let landed = page(landed)?;
    cast.narrator
        .exchanged(method, landed.url.as_str(), landed.status, note);
    Ok(landed)
}
