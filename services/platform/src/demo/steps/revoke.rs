//! The consumer opens the bank's dashboard and ends the consent.

use super::{
    consent::{page, sign_in_as_first_user},
    redeem::Tokens,
};
use crate::demo::{Cast, Failure, browser::Opened};

pub(in crate::demo) async fn run(cast: &mut Cast<'_>, tokens: &Tokens) -> Result<(), Failure> {
    cast.narrator.step("The consumer opens the dashboard and revokes");
    let url = cast.stage.facts.portal.clone();
    let mut opened = page(cast.browser.open(&url).await?)?;
    cast.narrator.exchanged("GET", &url, opened.status, "");
    if opened.page.has("login-submit") {
        opened = sign_in_as_first_user(cast, &opened).await?;
    }
    let link = opened
        .page
        .links()
        .find(|link| link.contains(&tokens.consent_id))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("the dashboard does not list the consent"))?;
    cast.narrator.checked("the dashboard lists the consent");

    let url = opened.url.join(&link).map_err(|_| Failure::new("the consent's link is no URL"))?;
    let consent = page(cast.browser.open(url.as_str()).await?)?;
    cast.narrator.exchanged("GET", url.as_str(), consent.status, "");
    let ended = press(cast, consent, "revoke-submit").await?;
    // A page may ask once more.
    let ended = if ended.page.has("revoke-confirm") { press(cast, ended, "revoke-confirm").await? } else { ended };
    cast.check(!ended.page.has("revoke-submit"), "it is ended: there is nothing left to revoke")
}

async fn press(cast: &mut Cast<'_>, from: Opened, button: &str) -> Result<Opened, Failure> {
    let form = from.page.form_of(button).ok_or_else(|| Failure::new(format!("no button `{button}`")))?;
    let landed = page(cast.browser.submit(&from, form).await?)?;
    cast.narrator.exchanged("POST", from.url.as_str(), landed.status, "revoke");
    Ok(landed)
}
