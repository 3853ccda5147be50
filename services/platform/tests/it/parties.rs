//! Who takes part: recipients that are registered, consumers with accounts, the bank's applications; and how they get
//! from nothing to a consent.

use domain::{ClientId, UserId, client::ClientMetadata};
use jose::seal::MasterKey;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use store::TxError;
use testkit::{
    authenticator::Authenticator,
    bank::Application,
    browser::{Browser, Landed},
    jws::Key,
    recipient::{Platform, Proof, Push, Pushed, Recipient, Tokens, parameter},
};
use url::Url;

use crate::stage::{PORTAL_SECRET, TestPlatform};

/// Everything that a recipient may ask for.
pub(crate) const ALL_SCOPES: &str = "openid offline_access fdx:accountbasic:read fdx:accountdetailed:read \
    fdx:balances:read fdx:transactions:read fdx:customercontact:read fdx:paymentsupport:read";

/// What most tests ask for.
pub(crate) const SCOPE: &str = "openid fdx:accountbasic:read fdx:transactions:read";

/// The scopes of the bank's own applications.
pub(crate) const BANK_SCOPES: &str = "external:resources:read external:resources:write \
    participantuser:consents:read participantuser:consents:write";

/// A consumer with two accounts.
#[derive(Clone)]
pub(crate) struct Consumer {
    pub(crate) user_id: String,
    /// A checking account with transactions of the last year.
    pub(crate) checking: String,
    /// A savings account without any.
    pub(crate) savings: String,
    /// What no log may hold.
    pub(crate) secrets: Vec<String>,
}

/// A consent as the recipient holds it.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) consent_id: String,
    pub(crate) tokens: Tokens,
    pub(crate) code: String,
    pub(crate) verifier: String,
}

impl TestPlatform {
    /// Runs a query of the test's own; it must succeed.
    pub(crate) async fn tx<T: Send + 'static>(
        &self,
        mut query: impl FnMut(&mut store::Tx<'_>) -> Result<T, store::StoreError> + Send + 'static,
    ) -> T {
        let outcome: Result<T, TxError<std::convert::Infallible>> =
            self.store.tx("test", move |tx| Ok(query(tx)?)).await;
        outcome.unwrap()
    }

    /// Registers a client, or changes its registration.
    pub(crate) async fn register(&self, client_id: &str, metadata: Value, secret: Option<&str>) {
        let id: ClientId = client_id.parse().unwrap();
        let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        metadata.validate().unwrap();
        let hash = secret.map(|secret| format!("sha256:{}", jose::base64url(jose::secret::hash(secret))));
        let now = self.now();
        self.tx(move |tx| store::clients::save(tx, &id, &metadata, hash.as_deref(), now))
            .await;
    }

    pub(crate) async fn register_portal(&self) {
        self.register_application("portal", PORTAL_SECRET, BANK_SCOPES)
            .await;
    }

    async fn register_application(&self, client_id: &str, secret: &str, scope: &str) {
        let metadata = json!({
            "client_name": "An application of the bank", "profile": "solution",
            "token_endpoint_auth_method": "client_secret_basic", "sender_constraint": "none", "scope": scope,
        });
        self.register(client_id, metadata, Some(secret)).await;
    }

    /// Rotates the keys of an algorithm, as the operator's command does.
    pub(crate) async fn rotate_keys(&self, algorithm: jose::Algorithm) {
        let now = self.now();
        let master = MasterKey::from_bytes([7; 32]);
        let new = http::keys::NewKey::make(&master, algorithm, now, &jose::SystemRandom).unwrap();
        self.tx(move |tx| http::keys::rotate(tx, &new, now)).await;
    }

    /// The bank's application with every scope that it may have.
    pub(crate) fn bank(&self) -> Application {
        Application::new(self.platform.clone(), "portal", PORTAL_SECRET)
    }

    /// An application of the bank with these scopes alone.
    pub(crate) async fn application(&self, scope: &str) -> Application {
        let client_id = format!("application-{}", self.platform.fresh());
        self.register_application(&client_id, "its secret", scope).await;
        Application::new(self.platform.clone(), &client_id, "its secret")
    }

    /// A recipient of that profile that signs with P-256 and proves itself by assertions.
    pub(crate) async fn recipient(&self, profile: &str) -> Recipient {
        self.recipient_with(profile, Key::p256("signing"), json!({}))
            .await
    }

    /// A recipient that signs with PS256.
    pub(crate) async fn rsa_recipient(&self, profile: &str) -> Recipient {
        self.recipient_with(profile, Key::rsa("signing"), json!({})).await
    }

    /// A recipient that proves itself by its certificate.
    pub(crate) async fn certificate_recipient(&self, profile: &str) -> Recipient {
        let name = format!("recipient-{}", self.platform.fresh());
        let more = json!({
            "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": format!("{name}.example"),
        });
        let mut recipient = self
            .named_recipient(&name, profile, Key::p256("signing"), more)
            .await;
        recipient.proves = Proof::Certificate;
        recipient
    }

    /// A recipient of that key, with these members added to its registration.
    pub(crate) async fn recipient_with(&self, profile: &str, key: Key, more: Value) -> Recipient {
        let name = format!("recipient-{}", self.platform.fresh());
        self.named_recipient(&name, profile, key, more).await
    }

    async fn named_recipient(&self, name: &str, profile: &str, key: Key, more: Value) -> Recipient {
        let redirect_uri = format!("https://{}.example/callback", name.to_ascii_lowercase());
        let mut metadata = json!({
            "client_name": "A recipient", "profile": profile, "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [key.public_jwk()]}, "redirect_uris": [redirect_uri], "scope": ALL_SCOPES,
        });
        for (member, value) in more.as_object().unwrap() {
            metadata[member] = value.clone();
        }
        self.register(name, metadata, None).await;
        let (certificate, certificate_key) = self.certificate(name);
        let identity = (certificate.as_slice(), certificate_key.as_slice());
        let mut recipient = Recipient::new(self.platform.clone(), name, &redirect_uri, key, identity);
        recipient.signs_requests = profile != "fapi2-security";
        if profile == "fapi1-advanced" {
            recipient.response = ("code id_token", None);
        }
        recipient
    }

    /// A consumer whom nobody else knows.
    pub(crate) async fn consumer(&self) -> Consumer {
        let user_id = format!("consumer-{}", self.platform.fresh());
        let number = format!("9{:011}", self.now().timestamp() % 1_000_000 * 1000 + 17);
        let name = format!("Quill{}", &self.platform.fresh()[..8].replace(['-', '_'], "x"));
        let today = self.now().date_naive();
        let transactions: Vec<_> = (1..=30)
            .map(|week| {
                let day = today - chrono::Duration::days(week * 7 - 3);
                json!({
                    "accountCategory": "DEPOSIT_ACCOUNT", "transactionId": format!("t{week}"), "amount": 12.5,
                    "postedTimestamp": format!("{day}T10:00:00Z"), "transactionTimestamp": format!("{day}T10:00:00Z"),
                    "description": format!("Payment {week}"), "debitCreditMemo": "DEBIT", "status": "POSTED",
                    "transactionType": "PAYMENT",
                })
            })
            .collect();
        let file = json!({"accounts": [
            {
                "account": {
                    "accountCategory": "DEPOSIT_ACCOUNT", "accountId": format!("{user_id}-checking"),
                    "accountType": "CHECKING", "accountNumber": number, "accountNumberDisplay": "****0017",
                    "currency": {"currencyCode": "USD"}, "status": "OPEN", "productName": "Checking",
                    "currentBalance": 1234.56, "balanceType": "ASSET",
                },
                "contact": {"holders": [{"name": {"first": "Ada", "last": name}, "relationship": "PRIMARY"}]},
                "transactions": transactions,
            },
            {
                "account": {
                    "accountCategory": "DEPOSIT_ACCOUNT", "accountId": format!("{user_id}-savings"),
                    "accountType": "SAVINGS", "accountNumber": format!("{number}9"),
                    "accountNumberDisplay": "****0179", "currency": {"currencyCode": "USD"}, "status": "OPEN",
                    "currentBalance": 99, "balanceType": "ASSET",
                },
            },
        ]});
        let master = MasterKey::from_bytes([7; 32]);
        let naming = accounts::import::Naming::new(&master).unwrap();
        let statement = accounts::import::read(
            accounts::import::Format::Fdx,
            file.to_string().as_bytes(),
            &naming,
        )
        .unwrap();
        let id: UserId = user_id.parse().unwrap();
        let report = accounts::import::run(&self.store, &id, statement, self.now())
            .await
            .unwrap();
        let [checking, savings] = &report.accounts[..] else {
            panic!("two accounts")
        };
        Consumer {
            user_id,
            checking: checking.account_id.as_str().to_owned(),
            savings: savings.account_id.as_str().to_owned(),
            secrets: vec![number, name],
        }
    }

    /// Lets a consumer sign in at the portal, by their id and this password.
    pub(crate) async fn register_user(&self, consumer: &Consumer, password: &str) {
        self.save_user(consumer, password, None).await;
    }

    /// The same, with one-time codes; what shows them.
    pub(crate) async fn register_user_with_codes(
        &self,
        consumer: &Consumer,
        password: &str,
    ) -> Authenticator {
        let secret = portal::totp::Secret::mint(&jose::SystemRandom);
        let vault = portal::totp::Vault::new(&MasterKey::from_bytes([7; 32])).unwrap();
        let user_id = consumer.user_id.parse().unwrap();
        let sealed = vault.seal(&secret, &user_id, &jose::SystemRandom).unwrap();
        self.save_user(consumer, password, Some(sealed)).await;
        Authenticator::scan(secret.key_uri(&consumer.user_id).expose_secret())
    }

    async fn save_user(&self, consumer: &Consumer, password: &str, totp_secret_sealed: Option<Vec<u8>>) {
        use argon2::{Argon2, PasswordHasher};
        let user = store::users::User {
            user_id: consumer.user_id.parse().unwrap(),
            username: consumer.user_id.clone(),
            display_name: "Ada".into(),
            password_hash: Argon2::default()
                .hash_password(password.as_bytes())
                .unwrap()
                .to_string(),
            totp_secret_sealed,
        };
        let now = self.now();
        self.tx(move |tx| store::users::save(tx, &user, now)).await;
    }

    /// A browser with nothing in it.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.platform)
    }

    /// The browser goes to the authorization endpoint and arrives at the consent application.
    pub(crate) async fn begin(&self, browser: &mut Browser, url: &str) -> String {
        begin(browser, url).await
    }

    /// The consumer says yes to that request for all accounts. Where the browser is sent in the end.
    pub(crate) async fn allow(&self, browser: &mut Browser, url: &str, consumer: &Consumer) -> Url {
        allow(&self.platform, browser, url, consumer).await
    }

    /// The bank's application decides, and the browser goes on.
    pub(crate) async fn decide(&self, browser: &mut Browser, url: &str, decision: &Value) -> Landed {
        decide(&self.platform, browser, url, decision).await
    }

    /// A consent that reads no account: the consumer signed in, and that is all.
    pub(crate) async fn share_openid(&self, recipient: &Recipient, consumer: &Consumer) -> Shared {
        let pushed = recipient.push("openid").pushed().await;
        let approval = self.bank().approval(&consumer.user_id, &[]);
        let url = recipient.authorize_url(&pushed.request_uri);
        let callback = self.decide(&mut self.browser(), &url, &approval).await.away();
        let code = parameter(&callback, "code").unwrap_or_else(|| panic!("{callback}"));
        let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
        let consent_id = tokens.json["grant_id"].as_str().unwrap().to_owned();
        Shared {
            consent_id,
            tokens,
            code,
            verifier: pushed.verifier,
        }
    }

    /// A code for that recipient, and the request that led to it.
    pub(crate) async fn code(
        &self,
        recipient: &Recipient,
        consumer: &Consumer,
        scope: &str,
    ) -> (String, Pushed) {
        self.code_of(recipient, consumer, recipient.push(scope)).await
    }

    /// A code for this authorization request.
    pub(crate) async fn code_of(
        &self,
        recipient: &Recipient,
        consumer: &Consumer,
        push: Push,
    ) -> (String, Pushed) {
        let pushed = push.pushed().await;
        let mut browser = self.browser();
        let url = self
            .allow(
                &mut browser,
                &recipient.authorize_url(&pushed.request_uri),
                consumer,
            )
            .await;
        let code = parameter(&url, "code").unwrap_or_else(|| panic!("{url}"));
        (code, pushed)
    }

    /// A consent of that consumer for that recipient, with its tokens.
    pub(crate) async fn share(&self, recipient: &Recipient, consumer: &Consumer) -> Shared {
        self.share_scope(recipient, consumer, SCOPE).await
    }

    /// The same for these scopes.
    pub(crate) async fn share_scope(
        &self,
        recipient: &Recipient,
        consumer: &Consumer,
        scope: &str,
    ) -> Shared {
        let (code, pushed) = self.code(recipient, consumer, scope).await;
        let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
        let consent_id = tokens.json["grant_id"].as_str().unwrap().to_owned();
        Shared {
            consent_id,
            tokens,
            code,
            verifier: pushed.verifier,
        }
    }
}

/// The browser goes to the authorization endpoint and arrives at the consent application: the resource's id.
pub(crate) async fn begin(browser: &mut Browser, url: &str) -> String {
    let page = browser.open(url).await.page();
    parameter(&page.url, "resourceId").unwrap_or_else(|| panic!("{} {}", page.url, page.page.source()))
}

/// The consumer says yes to that request for all accounts, through the bank's application and in this browser. Where
/// the browser is sent in the end.
pub(crate) async fn allow(platform: &Platform, browser: &mut Browser, url: &str, consumer: &Consumer) -> Url {
    let bank = Application::new(platform.clone(), "portal", PORTAL_SECRET);
    let approval = bank.approval(&consumer.user_id, &[&consumer.checking, &consumer.savings]);
    decide(platform, browser, url, &approval).await.away()
}

/// The bank's application decides, and the browser goes on.
pub(crate) async fn decide(
    platform: &Platform,
    browser: &mut Browser,
    url: &str,
    decision: &Value,
) -> Landed {
    let resource_id = begin(browser, url).await;
    let bank = Application::new(platform.clone(), "portal", PORTAL_SECRET);
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    let version = bank
        .resource(&token, &resource_id)
        .await
        .expect(200)
        .header("etag")
        .to_owned();
    let decided = bank
        .decide(&token, &resource_id, &version, decision)
        .await
        .expect(200);
    browser.open(decided.member("continueUrl")).await
}

/// What all of these come to, in their order; they run at once.
pub(crate) async fn all<F>(futures: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let running: Vec<_> = futures.map(tokio::spawn).collect();
    let mut outcomes = vec![];
    for task in running {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}
