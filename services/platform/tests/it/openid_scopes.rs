//! The scopes `profile`, `email`, `address` and `phone` (OIDC Core 5.4): what the bank's record of a customer says goes to those
//! whom that customer allowed it, as it is at the moment of the read, and to nobody else; and it is written down.

use domain::fdx::Customer;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, jws, recipient::parameter};

use crate::{
    openid::OpenIdClient,
    parties::{BANK_SCOPES, Consumer},
    stage::TestPlatform,
};

const ALL: &str = "openid offline_access profile email address phone";
const PATH: &str = "/fdx/auth/v1/userinfo";

fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_else(|| panic!("{name}: {json}"))
}

async fn client(platform: &'static TestPlatform, more: Value) -> OpenIdClient {
    let mut members = json!({ "scope": ALL });
    members
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    OpenIdClient::register(platform, members).await
}

/// The bank's record of a consumer by that name.
async fn record(platform: &TestPlatform, consumer: &Consumer, first: &str, claims: Value) {
    let customer: Customer = serde_json::from_value(json!({
        "type": "CONSUMER", "customerId": "c-1", "name": {"first": first, "last": "Lovelace"}, "dateOfBirth": "1985-12-10",
        "taxId": "987-65-4320", "emails": [format!("{}@example.com", first.to_lowercase())],
        "telephones": [{"country": "1", "number": "5550104477"}],
        "addresses": [{"line1": "1 Main Street", "city": "Springfield", "region": "IL", "postalCode": "62701", "country": "US"}],
    }))
    .unwrap();
    save(platform, consumer, customer, claims).await;
}

async fn save(platform: &TestPlatform, consumer: &Consumer, customer: Customer, claims: Value) {
    let (user_id, now) = (consumer.user_id.parse().unwrap(), platform.now());
    let claims = serde_json::from_value(claims).unwrap();
    platform
        .tx(move |tx| store::customers::save(tx, &user_id, (&customer, &claims), now))
        .await;
}

async fn known(platform: &TestPlatform, first: &str) -> Consumer {
    let consumer = platform.consumer().await;
    let claims = json!({"email_verified": true, "locale": "en-US"});
    record(platform, &consumer, first, claims).await;
    consumer
}

/// Tokens for what the consumer allows through an application that tells nothing of its own.
async fn tokens(
    platform: &'static TestPlatform,
    client: &OpenIdClient,
    consumer: &Consumer,
    parameters: &Value,
) -> Value {
    let approval = platform.bank().approval(&consumer.user_id, &[]);
    let callback = client
        .decided(&mut platform.browser(), &approval, parameters)
        .await;
    client.redeem(&callback).await.expect(200).json
}

/// What userinfo tells beside the subject.
async fn told(client: &OpenIdClient, tokens: &Value) -> Value {
    let answer = client.userinfo(text(tokens, "access_token")).await.expect(200);
    let mut told = answer.json;
    let subject = told.as_object_mut().unwrap().remove("sub").unwrap();
    assert_eq!(subject, jws::read(text(tokens, "id_token")).1["sub"]);
    told
}

fn profile(platform: &TestPlatform) -> Value {
    json!({"name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "birthdate": "1985-12-10",
        "locale": "en-US", "updated_at": platform.now().timestamp()})
}

fn email() -> Value {
    json!({"email": "ada@example.com", "email_verified": true})
}

fn phone() -> Value {
    json!({"phone_number": "+15550104477", "phone_number_verified": false})
}

fn address() -> Value {
    json!({"address": {"formatted": "1 Main Street\nSpringfield IL 62701\nUS", "street_address": "1 Main Street",
        "locality": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"}})
}

fn together(parts: &[Value]) -> Value {
    parts
        .iter()
        .flat_map(|part| part.as_object().unwrap().clone())
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// OIDC Core 5.4: with a code the claims of a scope are at userinfo, and not in the id_token.
#[tokio::test]
async fn oidcc_scope_each_alone_all_and_none() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (client(platform, json!({})).await, known(platform, "Ada").await);
    let profile = profile(platform);
    for (scope, wanted) in [
        ("openid", json!({})),
        ("openid profile", profile.clone()),
        ("openid email", email()),
        ("phone openid", phone()),
        ("openid address", address()),
        (
            "address phone email profile openid",
            together(&[profile.clone(), email(), phone(), address()]),
        ),
    ] {
        let tokens = tokens(platform, &client, &consumer, &json!({ "scope": scope })).await;
        let mut told = told(&client, &tokens).await;
        if scope.contains("profile") {
            // Time may have passed since the record was made.
            told["updated_at"] = profile["updated_at"].clone();
        }
        assert_eq!(told, wanted, "{scope}");
        let id_token = jws::read(text(&tokens, "id_token")).1;
        for name in domain::identity::standard_claims() {
            assert_eq!(id_token.get(name), None, "{scope}: {name}");
        }
    }
}

/// OIDC Core 5.5: by name, there or in the id_token; essential or not, what is not known is no error.
#[tokio::test]
async fn oidcc_claims_by_name_are_told_where_they_are_asked() {
    let platform = TestPlatform::shared().await;
    let signed = json!({"userinfo_signed_response_alg": "ES256"});
    let (client, consumer) = (client(platform, signed).await, known(platform, "Ada").await);
    let claims = json!({
        "userinfo": {"email": {"essential": true}, "nickname": {"essential": true}, "phone_number": {"value": "+1"}},
        "id_token": {"address": null, "birthdate": {"essential": true}, "picture": null},
    });
    let tokens = tokens(platform, &client, &consumer, &json!({ "claims": claims })).await;
    let signed = client.userinfo(text(&tokens, "access_token")).await.expect(200);
    assert_eq!(signed.header("content-type"), "application/jwt");
    let body = jws::read(&signed.text).1;
    assert_eq!(
        (&body["email"], &body["phone_number"]),
        (&json!("ada@example.com"), &json!("+15550104477"))
    );
    for absent in ["nickname", "email_verified", "address", "birthdate", "name"] {
        assert_eq!(body.get(absent), None, "{absent}");
    }
    let id_token = jws::read(text(&tokens, "id_token")).1;
    assert_eq!(id_token["address"], address()["address"]);
    assert_eq!(id_token["birthdate"], "1985-12-10");
    assert_eq!((id_token.get("picture"), id_token.get("email")), (None, None));
}

#[tokio::test]
async fn a_scope_that_is_not_registered_is_not_had() {
    let platform = TestPlatform::shared().await;
    let little = client(platform, json!({"scope": "openid email"})).await;
    for scope in ["openid profile", "openid email phone", "openid email address"] {
        let landed = platform
            .browser()
            .open(&little.url(&json!({ "scope": scope })))
            .await;
        let refused = landed.away();
        assert_eq!(
            parameter(&refused, "error").as_deref(),
            Some("invalid_scope"),
            "{refused}"
        );
    }
}

/// Only claims that have a value are told, and a claim's verification by whoever told the claim.
#[tokio::test]
async fn what_the_bank_does_not_know_is_not_told() {
    let platform = TestPlatform::shared().await;
    let (client, stranger) = (client(platform, json!({})).await, platform.consumer().await);
    let all = json!({"scope": "openid profile email address phone"});
    let tokens_of_nobody = tokens(platform, &client, &stranger, &all).await;
    assert_eq!(told(&client, &tokens_of_nobody).await, json!({}));

    // The record comes later: what it says counts from then on.
    let customer = serde_json::from_value(json!({"emails": ["late@example.com"]})).unwrap();
    save(platform, &stranger, customer, json!({"email_verified": true})).await;
    let mut known = told(&client, &tokens_of_nobody).await;
    assert!(known.as_object_mut().unwrap().remove("updated_at").is_some());
    assert_eq!(
        known,
        json!({"email": "late@example.com", "email_verified": true})
    );

    // The application's word goes first, and the bank does not vouch for it.
    let mut approval = platform.bank().approval(&stranger.user_id, &[]);
    approval["claims"] = json!({"email": "own@example.org", "birthdate": "1985-12-10"});
    let callback = client.decided(&mut platform.browser(), &approval, &all).await;
    let by_application = client.redeem(&callback).await.expect(200).json;
    let mut known = told(&client, &by_application).await;
    known.as_object_mut().unwrap().remove("updated_at");
    assert_eq!(
        known,
        json!({"email": "own@example.org", "birthdate": "1985-12-10"})
    );
}

/// O01: the consumer allows some of it; that is what is granted, told, and remembered.
#[tokio::test]
async fn o01_a_consumer_allows_less_and_no_more() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (client(platform, json!({})).await, known(platform, "Ada").await);
    let asked = json!({"scope": "openid profile email",
        "claims": {"userinfo": {"phone_number": null}, "id_token": {"name": null, "email": null}}});
    let mut approval = platform.bank().approval(&consumer.user_id, &[]);
    approval["identityScopes"] = json!("email");
    let mut browser = platform.browser();
    let callback = client.decided(&mut browser, &approval, &asked).await;
    let tokens = client.redeem(&callback).await.expect(200).json;
    assert_eq!(tokens["scope"], "openid email");
    assert_eq!(told(&client, &tokens).await, email());
    let id_token = jws::read(text(&tokens, "id_token")).1;
    assert_eq!(
        (id_token.get("name"), &id_token["email"]),
        (None, &json!("ada@example.com"))
    );
    // Who comes again for what was denied is asked again; for what was allowed they are not.
    for (scope, error) in [
        ("openid profile", Some("consent_required")),
        ("openid email", None),
    ] {
        let again = client.url(&json!({"prompt": "none", "scope": scope}));
        let landed = browser.open(&again).await.away();
        assert_eq!(parameter(&landed, "error").as_deref(), error, "{landed}");
    }

    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    for beyond in ["address", "email address", "openid", "everything"] {
        let resource_id = platform.begin(&mut platform.browser(), &client.url(&asked)).await;
        let version = bank
            .resource(&token, &resource_id)
            .await
            .header("etag")
            .to_owned();
        approval["identityScopes"] = json!(beyond);
        bank.decide(&token, &resource_id, &version, &approval)
            .await
            .refused_by_fdx(400, "401");
    }
}

/// RFC6749-6: a token with less tells less.
#[tokio::test]
async fn a_narrowed_token_tells_less() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (client(platform, json!({})).await, known(platform, "Ada").await);
    let asked = json!({"scope": "openid offline_access profile email", "prompt": "consent"});
    let tokens = tokens(platform, &client, &consumer, &asked).await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    let less = [form[0], form[1], ("scope", "openid email")];
    let narrowed = client.token(&less).await.expect(200).json;
    assert_eq!(told(&client, &narrowed).await, email());
    let whole = client.token(&form).await.expect(200).json;
    assert_eq!(told(&client, &whole).await["name"], "Ada Lovelace");
    let more = [form[0], form[1], ("scope", "openid email phone")];
    client.token(&more).await.refused(400, "invalid_scope");
}

/// What the record says now, while the consent stands; and each consumer's own.
#[tokio::test]
async fn the_record_is_read_as_it_is_while_the_consent_stands() {
    let platform = TestPlatform::shared().await;
    let client = client(platform, json!({})).await;
    let (ada, grace) = (known(platform, "Ada").await, known(platform, "Grace").await);
    let asked = json!({"scope": "openid profile email"});
    let (hers, other) = (
        tokens(platform, &client, &ada, &asked).await,
        tokens(platform, &client, &grace, &asked).await,
    );
    assert_eq!(told(&client, &hers).await["given_name"], "Ada");
    assert_eq!(told(&client, &other).await["given_name"], "Grace");
    record(platform, &ada, "Augusta", json!({})).await;
    let now = told(&client, &hers).await;
    assert_eq!(
        (&now["given_name"], &now["email"], &now["email_verified"]),
        (&json!("Augusta"), &json!("augusta@example.com"), &json!(false))
    );
    assert_eq!(told(&client, &other).await["given_name"], "Grace");

    let revoke = platform.bank();
    let token = revoke.token(BANK_SCOPES).await;
    let path = format!(
        "/participant/user/v1/consents/{}?userId={}",
        text(&hers, "grant_id"),
        ada.user_id
    );
    let revoked = revoke.request(Method::PATCH, &path, &token);
    Answer::to(revoked.json(&json!({"status": "REVOKED"})))
        .await
        .expect(200);
    client
        .userinfo(text(&hers, "access_token"))
        .await
        .refused(401, "invalid_token");
    client.userinfo(text(&other, "access_token")).await.expect(200);
}

/// The consumer reads beforehand what would go, afterwards what may go, and each time that it went.
#[tokio::test]
async fn the_consumer_sees_what_is_asked_what_would_go_and_what_went() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (client(platform, json!({})).await, known(platform, "Ada").await);
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let asked = json!({"scope": "openid email", "claims": {"userinfo": {"birthdate": null}}});
    let resource_id = platform.begin(&mut platform.browser(), &client.url(&asked)).await;
    let resource = bank.resource(&token, &resource_id).await.expect(200).json;
    let topics = |json: &Value| -> Vec<(String, Value)> {
        json["identity"]
            .as_array()
            .unwrap()
            .iter()
            .inspect(|topic| assert!(!text(topic, "label").is_empty()))
            .map(|topic| (text(topic, "scope").to_owned(), topic["claims"].clone()))
            .collect()
    };
    let wanted = [
        ("profile".to_owned(), json!(["birthdate"])),
        ("email".to_owned(), json!(["email", "email_verified"])),
    ];
    assert_eq!(topics(&resource), wanted);

    let path = format!("/external/authentication/v1/resources/{resource_id}/preview");
    let body = json!({"userId": consumer.user_id, "accounts": []});
    let preview = Answer::to(bank.request(Method::POST, &path, &token).json(&body))
        .await
        .expect(200);
    let members: Vec<_> = preview.json["identity"][1]["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| text(member, "name"))
        .collect();
    assert_eq!(members, ["email", "email_verified"]);
    for value in ["ada@example.com", "1985", "987-65"] {
        assert!(!preview.text.contains(value), "{}", preview.text);
    }

    let tokens = tokens(platform, &client, &consumer, &asked).await;
    let consents = "/participant/user/v1/consents";
    let (id, user) = (text(&tokens, "grant_id"), &consumer.user_id);
    let get = async |path: String| {
        Answer::to(bank.request(Method::GET, &path, &token))
            .await
            .expect(200)
            .json
    };
    let consent = get(format!("{consents}/{id}?userId={user}")).await;
    assert_eq!(topics(&consent), wanted);
    let accesses = async || get(format!("{consents}/{id}/accesses?userId={user}")).await["accesses"].clone();
    assert_eq!(accesses().await, json!([]));
    told(&client, &tokens).await;
    let written = accesses().await;
    assert_eq!(
        (
            &written[0]["operation"],
            &written[0]["accountIds"],
            &written[0]["dataClusters"]
        ),
        (
            &json!("userinfo"),
            &json!([]),
            &json!(["CUSTOMER_CONTACT", "CUSTOMER_PERSONAL"])
        )
    );
    assert_eq!(written[0]["clientId"], client.client_id.as_str());
}

/// A recipient of account data may have them too: they open userinfo, with its certificate, and nothing of FDX.
#[tokio::test]
async fn o21_a_fapi_client_learns_who_it_is_and_no_contact_of_an_account() {
    let platform = TestPlatform::shared().await;
    let scope = "openid email fdx:accountbasic:read";
    let recipient = platform
        .recipient_with(
            "fapi2-security",
            jws::Key::p256("signing"),
            json!({"scope": format!("{scope} fdx:customercontact:read")}),
        )
        .await;
    let (consumer, stranger) = (
        known(platform, "Ada").await,
        platform.recipient("fapi2-security").await,
    );
    let shared = platform.share_scope(&recipient, &consumer, scope).await;
    assert_eq!(shared.tokens.json["scope"], scope);
    let token = shared.tokens.access_token.as_str();
    let answer = recipient.get(PATH, token).await.expect(200);
    assert_eq!(answer.member("email"), "ada@example.com");
    assert_eq!(answer.json.as_object().unwrap().len(), 3);
    stranger.get(PATH, token).await.refused(401, "invalid_token");
    let contact = format!("/fdx/v6/core/accounts/{}/contact", consumer.checking);
    recipient.get(&contact, token).await.refused_by_fdx(403, "403");

    // And the cluster opens nothing at userinfo.
    let by_cluster = platform
        .share_scope(
            &recipient,
            &consumer,
            "openid fdx:accountbasic:read fdx:customercontact:read",
        )
        .await;
    let answer = recipient
        .get(PATH, &by_cluster.tokens.access_token)
        .await
        .expect(200);
    assert_eq!(answer.json.as_object().unwrap().len(), 1);
}
