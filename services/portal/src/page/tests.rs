//! Every page renders in every language, with its documented elements, and escapes what others named themselves.

use actix_web::test::TestRequest;
use askama::Template;
use domain::{DataCluster, Instant};
use serde_json::json;

use super::*;
use crate::{
    api::{AccessPage, ConsentPage, Preview, Resource, UserConsent},
    consent::choice::{Choice, Problem},
    session::{Proof, SignedIn},
    text::Language,
};

pub(super) fn now() -> Instant {
    Instant::from_timestamp(1_795_478_400, 0).unwrap()
}

pub(super) fn user() -> SignedIn {
    SignedIn {
        user_id: "alice".parse().unwrap(),
        username: "alice".into(),
        display_name: "Alice Martin".into(),
        authenticated_at: now(),
        proof: Proof::Password,
        credential: String::new(),
    }
}

pub(super) fn frame_of(text: &'static Text, person: Option<Person>) -> Frame {
    let request = TestRequest::with_uri("/portal/?a=%22%3E%3Ci%3E&lang=en&done=x").to_http_request();
    Frame::new(text, person, &request)
}

pub(super) fn user_frame() -> Option<Person> {
    Some(Person {
        name: user().display_name,
        sign_out: None,
    })
}

pub(super) fn frame(text: &'static Text) -> Frame {
    let person = Person {
        name: user().display_name,
        sign_out: Some("token".into()),
    };
    frame_of(text, Some(person))
}

fn clusters() -> serde_json::Value {
    let clusters = [
        DataCluster::AccountBasic,
        DataCluster::Balances,
        DataCluster::Transactions,
    ];
    let cluster = |cluster: DataCluster| json!({"dataCluster": cluster, "label": cluster.label(), "description": cluster.description()});
    clusters.map(cluster).into()
}

fn topic(scope: &str, claims: &[&str]) -> serde_json::Value {
    json!({"scope": scope, "label": "In English", "description": "In English", "claims": claims})
}

fn recipient() -> serde_json::Value {
    json!({"name": "Budget & <b>Bloom</b>", "type": "DATA_RECIPIENT", "registry": "GLEIF",
        "registeredEntityName": "Bloom Inc.", "registeredEntityId": "549300EXAMPLE0000042"})
}

pub(super) fn resource() -> Resource {
    let resource: Resource = serde_json::from_value(json!({
        "resourceId": "6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d3e", "status": "LODGED",
        "recipient": recipient(),
        "intermediaries": [{"name": "Pipeline Data", "type": "DATA_ACCESS_PLATFORM"}],
        "purpose": "To see where <b>your</b> money goes",
        "consentRequest": {"durationType": "TIME_BOUND", "durationPeriod": 90, "lookbackPeriod": 60,
            "dataClusters": clusters()},
        "claims": ["name", "email"],
        "identity": [topic("profile", &["name"]), topic("email", &["email", "<b>odd</b>"])],
    }))
    .unwrap();
    Resource {
        etag: "\"1\"".into(),
        ..resource
    }
}

fn account(id: &str, category: &str, name: Option<&str>, number: &str) -> serde_json::Value {
    json!({"accountId": id, "accountCategory": category, "name": name, "accountNumberDisplay": number,
        "dataClusters": ["ACCOUNT_BASIC", "BALANCES", "TRANSACTIONS"]})
}

fn account_list() -> serde_json::Value {
    json!([
        account("a1", "DEPOSIT_ACCOUNT", Some("Everyday Checking"), "****4321"),
        account("a2", "LOC_ACCOUNT", None, "****7788"),
        account(
            "a3",
            "INVESTMENT_ACCOUNT",
            Some("<script>alert(1)</script>"),
            "****0001"
        ),
    ])
}

pub(super) fn accounts() -> Vec<Account> {
    serde_json::from_value(account_list()).unwrap()
}

/// The first under a name and without its transactions, the second not at all, the third whole.
pub(super) fn choices(accounts: &[Account]) -> Vec<Choice<'_>> {
    let choice = |account| Choice {
        account,
        is_chosen: true,
        shares: account.data_clusters.clone(),
        nickname: "",
    };
    let mut choices: Vec<_> = accounts.iter().map(choice).collect();
    choices[0].nickname = "<b>Bills</b>";
    choices[0].shares.remove(&DataCluster::Transactions);
    choices[1].is_chosen = false;
    choices
}

pub(super) fn preview() -> Preview {
    let member = |name: &str, example: &str| json!({"name": name, "example": example});
    serde_json::from_value(json!({"accounts": [
        {"accountId": "a1", "awaitingApprovals": 0, "dataClusters": [
            {"dataCluster": "ACCOUNT_BASIC", "label": "Account identifying information", "members": [
                member("accountNumberDisplay", "•••• 4321"), member("accountType", "CHECKING"),
                member("fiAttributes.<b>odd</b>", "<b>x</b>"),
            ]},
            {"dataCluster": "BALANCES", "label": "Balances", "members": [member("currentBalance", "•••")]},
        ]},
        {"accountId": "a3", "awaitingApprovals": 1,
            "transactions": {"sinceTime": now(), "count": 312, "hasMore": false}, "dataClusters": [
            {"dataCluster": "TRANSACTIONS", "label": "Transactions", "members": []},
        ]},
    ], "identity": [
        {"scope": "email", "label": "In English", "members": [member("email", "•••")]},
    ]}))
    .unwrap()
}

pub(super) fn accesses() -> AccessPage {
    let access = |minutes: i64, clusters: serde_json::Value, attended: bool| {
        json!({"accessedTime": now() - chrono::Duration::minutes(minutes), "operation": "getAccount",
            "accountIds": ["a1"], "dataClusters": clusters, "attended": attended, "clientId": "bloom"})
    };
    serde_json::from_value(json!({"page": {"nextPageKey": "abc"}, "accesses": [
        access(3, json!(["TRANSACTIONS"]), true),
        access(700, json!(["ACCOUNT_BASIC", "BALANCES"]), false),
    ]}))
    .unwrap()
}

/// One that another holder of an account made, and that waits for Alice.
pub(super) fn held_with_another() -> UserConsent {
    let mut account = account("a9", "DEPOSIT_ACCOUNT", Some("Household"), "****9090");
    account["approval"] = json!({"status": "AWAITING", "holders": [
        {"userId": "bob", "approvedTime": now()}, {"userId": "alice"}]});
    let more = json!({"role": "HOLDER", "accounts": [account]});
    serde_json::from_value(consent(9, "ACTIVE", &more)).unwrap()
}

fn consent(last: u8, status: &str, more: &serde_json::Value) -> serde_json::Value {
    let mut consent = json!({
        "consentId": format!("6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d{last:02}"), "status": status, "clientId": "bloom",
        "recipient": recipient(), "intermediaries": [], "createdTime": now(), "updatedTime": now(),
        "expirationTime": now() + chrono::Duration::days(90), "durationType": "TIME_BOUND", "durationPeriod": 90,
        "lookbackPeriod": 60, "dataClusters": clusters(), "accounts": account_list(),
        "removedAccounts": [{"accountId": "a4", "name": "Old savings", "removedTime": now()}],
        "history": [
            {"sequence": 1, "changedTime": now(), "action": "GRANTED", "actor": "CONSUMER", "channel": "authorize"},
            {"sequence": 2, "changedTime": now(), "action": "MODIFIED", "actor": "CONSUMER", "channel": "dashboard"},
        ],
    });
    consent
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    consent
}

pub(super) fn consents() -> ConsentPage {
    serde_json::from_value(json!({"page": {"nextPageKey": "abc"}, "consents": [
        consent(1, "ACTIVE", &json!({})),
        consent(2, "ON_HOLD", &json!({"holdUntil": now() + chrono::Duration::days(30)})),
        consent(3, "REVOKED", &json!({"endedTime": now(), "initiator": "INDIVIDUAL", "reason": "USER_ACTION"})),
        consent(4, "EXPIRED", &json!({"endedTime": now(), "dataClusters": [], "accounts": [],
            "identity": [topic("profile", &["name", "birthdate"])]})),
    ]}))
    .unwrap()
}

/// Of a change after which one account waits, one shares less and one is out.
pub(super) fn receipt() -> crate::api::Receipt {
    let account = |id: &str, clusters: &[&str]| json!({"accountId": id, "dataClusters": clusters});
    let mut narrow = account("a2", &["ACCOUNT_BASIC"]);
    narrow["nickname"] = "<b>Bills</b>".into();
    narrow["awaiting"] = 1.into();
    let mut removed = account("a4", &["ACCOUNT_BASIC"]);
    removed["removedAt"] = json!(now());
    let claims = json!({
        "iss": "https://auth.bank.example", "consentId": "6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d01", "sequence": 2,
        "action": "MODIFIED", "actor": "CONSUMER", "channel": "participant-user", "reason": "USER_ACTION",
        "happenedAt": now(), "rowHash": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
        "content": {
            "state": "ACTIVE", "expiresAt": now() + chrono::Duration::days(90), "lookbackDays": 60,
            "accounts": [account("a1", &["ACCOUNT_BASIC", "BALANCES", "TRANSACTIONS"]), narrow, removed,
                account("a-gone", &["ACCOUNT_BASIC", "BALANCES", "TRANSACTIONS"])],
        },
    });
    let header = json!({"alg": "ES256", "kid": "2026-11-22-<b>odd</b>", "typ": "consent-receipt+jwt"});
    let part = |part: &serde_json::Value| jose::base64url(part.to_string());
    crate::api::Receipt::open(&format!("{}.{}.c2ln", part(&header), part(&claims))).unwrap()
}

/// Every sample, by a name.
fn samples(text: &'static Text) -> Vec<(&'static str, String)> {
    vec![
        ("sign-in", SignIn::sample(text).render().unwrap()),
        ("decision", Decision::sample(text).render().unwrap()),
        (
            "decision-none-chosen",
            Decision::sample(text)
                .refused(&[], Problem::NoAccount)
                .render()
                .unwrap(),
        ),
        (
            "decision-nothing-of-one",
            Decision::sample_refused(text).render().unwrap(),
        ),
        (
            "decision-identity",
            Decision::sample_of_identity(text).render().unwrap(),
        ),
        (
            "decision-preview",
            Decision::sample_with_preview(text).render().unwrap(),
        ),
        ("code", Code::sample(text).render().unwrap()),
        ("error", Error::sample(text).render().unwrap()),
        (
            "error-dashboard",
            Error::sample_in_dashboard(text).render().unwrap(),
        ),
        ("receipt", Receipt::sample(text).render().unwrap()),
        ("connections", Connections::sample(text).render().unwrap()),
        ("connection", Connection::sample(text).render().unwrap()),
        (
            "connection-on-hold",
            Connection::sample_on_hold(text).render().unwrap(),
        ),
        ("connection-over", Connection::sample_over(text).render().unwrap()),
        (
            "connection-of-another",
            Connection::sample_of_another(text).render().unwrap(),
        ),
        (
            "connections-none",
            Connections::sample_of_none(text).render().unwrap(),
        ),
        ("accesses", Accesses::sample(text).render().unwrap()),
        ("stop", Question::sample(text).render().unwrap()),
        ("stop-all", Question::sample_of_all(text).render().unwrap()),
        ("remove", Question::sample_of_an_account(text).render().unwrap()),
    ]
}

/// With `PORTAL_SAMPLES` a folder, the pages are left there to be looked at, beside their stylesheet.
#[test]
fn every_page_renders_in_every_language() {
    let folder = std::env::var_os("PORTAL_SAMPLES").map(std::path::PathBuf::from);
    for language in Language::ALL {
        let text = language.text();
        for (name, html) in samples(text) {
            assert!(
                html.contains(&format!("<html lang=\"{}\">", text.language)),
                "{name}"
            );
            assert!(
                !html.contains("<script") && !html.contains("style=\""),
                "{name} would break the policy"
            );
            assert!(
                !html.contains("<b>Bloom")
                    && !html.contains("<b>odd")
                    && !html.contains("<b>your")
                    && !html.contains("<b>Bills")
                    && !html.contains("<i>"),
                "L13: {name} does not escape a name"
            );
            if let Some(folder) = &folder {
                std::fs::write(folder.join(format!("{name}.{}.html", text.language)), html).unwrap();
            }
        }
    }
}

#[test]
fn the_documented_elements_are_there() {
    let text = Language::English.text();
    let has = |page: &str, ids: &[&str]| {
        let (_, html) = samples(text).into_iter().find(|(name, _)| *name == page).unwrap();
        for id in ids {
            assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{page}: {id}");
        }
    };
    has("sign-in", &["username", "password", "sign-in", "deny"]);
    has(
        "decision",
        &["account-1", "account-2", "account-3", "allow", "deny"],
    );
    has("decision-identity", &["allow", "deny"]);
    has("decision", &["preview", "language-es", "language-fr"]);
    has(
        "decision",
        &[
            "shares-1",
            "share-1-ACCOUNT_BASIC",
            "share-3-TRANSACTIONS",
            "nickname-1",
        ],
    );
    has("decision-preview", &["shared", "allow", "deny"]);
    has("code", &["totp", "sign-in", "deny"]);
    has("error", &["error-code"]);
    has("error-dashboard", &["error-code", "home"]);
    has(
        "receipt",
        &[
            "when", "by", "with", "why", "after", "accounts", "check", "download", "keys", "back",
        ],
    );
    has(
        "connections",
        &["consent-6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d01", "sign-out"],
    );
    has(
        "connections",
        &["stop-all", "older", "waiting", "sharing", "over"],
    );
    has(
        "connection",
        &[
            "pause",
            "pause-until",
            "stop",
            "remove-1",
            "receipt-1",
            "accesses",
            "back",
        ],
    );
    has("connection-of-another", &["approve", "withdraw"]);
    has("connection-on-hold", &["resume", "stop"]);
    has("stop", &["revoke", "keep"]);
    has("stop-all", &["revoke-all", "keep"]);
    has("remove", &["remove", "keep"]);
}

#[test]
fn accounts_are_chosen_until_they_are_unticked() {
    let text = Language::English.text();
    let html = Decision::sample(text).render().unwrap();
    assert_eq!(html.matches("name=\"account\"").count(), 3);
    let of_accounts = |html: &str| {
        let boxes = html.split("name=\"account\"").skip(1);
        boxes
            .filter(|rest| rest.split('>').next().unwrap().ends_with(" checked"))
            .count()
    };
    assert_eq!(of_accounts(&html), 3);
    // And each with every kind of data.
    assert_eq!(html.matches("name=\"share:").count(), 9);
    assert_eq!(html.matches(" checked").count(), 12);
    assert!(!html.contains("<details class=\"further\" open"));
    assert!(
        !Decision::sample_of_identity(text)
            .render()
            .unwrap()
            .contains("name=\"account\"")
    );
}

#[test]
fn who_has_nothing_to_share_can_only_deny() {
    let text = Language::English.text();
    let html = Decision::new(frame(text), &resource(), &[], String::new(), now())
        .render()
        .unwrap();
    assert!(!html.contains("id=\"allow\"") && html.contains("id=\"deny\""));
}

#[test]
fn what_is_told_of_the_consumer_is_in_their_language() {
    for (language, profile, claim, about) in [
        (Language::English, "Your profile", "Full name", "About you"),
        (Language::Spanish, "Su perfil", "Nombre completo", "Sobre usted"),
        (
            Language::French,
            "Votre profil",
            "Nom complet",
            "À propos de vous",
        ),
    ] {
        let text = language.text();
        let pages = samples(text);
        let of = |page: &str| &pages.iter().find(|(name, _)| *name == page).unwrap().1;
        for page in ["decision", "decision-identity"] {
            assert!(
                of(page).contains(profile) && of(page).contains(claim),
                "{page} {profile}"
            );
            assert!(!of(page).contains("In English"), "{page} {profile}");
        }
        assert!(of("decision-preview").contains(about), "{about}");
    }
    // And where nothing but that is shared.
    let consents = consents().consents;
    let facts = Facts {
        consent: &consents[3],
        accesses: &accesses(),
        user_id: &user().user_id,
        now: now(),
    };
    let page = Connection::new(frame(Language::English.text()), &facts, "token", None);
    let html = page.render().unwrap();
    assert!(html.contains("Full name, Date of birth"), "{html}");
}

#[test]
fn a_monogram_is_the_first_letter() {
    assert_eq!(monogram("  «étoile»"), "É");
    assert_eq!(monogram("---"), "");
}

#[test]
fn a_page_leads_to_itself_in_the_other_languages() {
    let frame = frame_of(Language::English.text(), None);
    let addresses: Vec<_> = frame
        .languages
        .iter()
        .map(|link| (link.tag, link.address.as_deref()))
        .collect();
    // What it was asked with is kept; the choice of before, and what was just done, are not.
    assert_eq!(
        addresses,
        [
            ("en", None),
            ("es", Some("?a=%22%3E%3Ci%3E&lang=es")),
            ("fr", Some("?a=%22%3E%3Ci%3E&lang=fr"))
        ]
    );
}

#[test]
fn the_preview_keeps_what_was_ticked() {
    let html = Decision::sample_with_preview(Language::English.text())
        .render()
        .unwrap();
    assert_eq!(html.matches(" checked").count(), 2 + 8);
    // What was changed stays in sight.
    assert_eq!(html.matches("<details class=\"further\" open").count(), 1);
    for shown in [
        "Shares 2 of 3 kinds of data",
        "Left out: Transactions",
        "Everyday Checking, Deposit",
        "312 transactions",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(html.contains("Current balance") && html.contains("•••• 4321"));
}

#[test]
fn a_connection_tells_what_each_account_shares_where_one_shares_less() {
    let text = Language::English.text();
    let page = |consent: &UserConsent| Connection::sample_of(text, consent, None).render().unwrap();
    let mut consent = consents().consents.remove(0);
    assert!(!page(&consent).contains("Shares "));
    let account = &mut consent.accounts[0];
    account.nickname = Some("Bills".into());
    account.account.data_clusters.remove(&DataCluster::Transactions);
    let html = page(&consent);
    assert!(html.contains("Shares only: Account identifying information, Account balances"));
    assert_eq!(html.matches("Shares all of the above").count(), 2);
    assert!(html.contains("<b>Bills</b>") && html.contains("Everyday Checking, Deposit account ****4321"));
}

#[test]
fn a_receipt_tells_who_did_what_when_and_how_it_stood_then() {
    let page = |language: Language, change: &dyn Fn(&mut crate::api::Claims)| {
        let mut receipt = receipt();
        change(&mut receipt.claims);
        Receipt::sample_of(language.text(), &receipt).render().unwrap()
    };
    let html = page(Language::English, &|_| {});
    for told in [
        "Accounts were removed from what is shared with Budget",
        "November 24, 2026, 00:00 UTC",
        "<dd id=\"by\">Alice Martin</dd>",
        "The consumer wanted it.",
        "Ends by itself on February 22, 2027, 00:00 UTC",
        "Shares only: Account identifying information",
        "waits for another holder",
        "Removed November 24, 2026",
        // An account that is nowhere any more.
        "a-gone",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    for (action, actor, by) in [
        ("APPROVED", "CONSUMER", "A holder of the accounts"),
        ("WITHDRAWN", "CONSUMER", "A holder of the accounts"),
        ("REVOKED", "RECIPIENT", "Budget &#38; "),
        ("HELD", "BANK_OPERATOR", "The bank"),
        ("EXPIRED", "SYSTEM", "By itself"),
    ] {
        let html = page(Language::English, &|claims| {
            (claims.action, claims.actor) = (action.into(), actor.into());
        });
        assert!(html.contains(&format!("<dd id=\"by\">{by}")), "{action}: {html}");
    }
    // What came too late, and why; a reason that has no words is shown as it is.
    for (reason, words) in [
        ("REVOKED: ALREADY_ENDED", "C’était déjà terminé."),
        ("<i>odd", "&#60;i&#62;odd"),
    ] {
        let html = page(Language::French, &|claims| {
            (claims.action, claims.reason) = ("REFUSED".into(), Some(reason.into()));
        });
        assert!(html.contains(words), "{html}");
    }
    let paused = page(Language::Spanish, &|claims| {
        claims.content.state = crate::api::UserConsentStatus::OnHold;
        claims.content.hold_until = Some(now() + chrono::Duration::days(1));
    });
    assert!(
        paused.contains("En pausa hasta el 25 de noviembre de 2026, 00:00 UTC. Termina")
            && paused.contains("cuando se reanude"),
        "{paused}"
    );
    let ended = page(Language::English, &|claims| {
        claims.content.state = crate::api::UserConsentStatus::Revoked;
        claims.content.ended_at = Some(now());
    });
    assert!(ended.contains("Ended on November") && !ended.contains("Ends by itself"));
    assert!(ended.contains("could see before") && !ended.contains("may see") && !ended.contains("look back"));
    // Of identity alone.
    let identity = page(Language::English, &|claims| claims.content.accounts.clear());
    assert!(identity.contains("sees no account") && !identity.contains("id=\"accounts\""));
}

#[test]
fn who_holds_an_account_with_another_can_only_agree_or_not() {
    let html = Connection::sample_of_another(Language::English.text())
        .render()
        .unwrap();
    for id in ["stop", "pause", "remove-1", "receipt-1"] {
        assert!(!html.contains(&format!(" id=\"{id}\"")), "{id}");
    }
}
