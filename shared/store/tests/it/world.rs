//! What the tests stand on: a store on a database of its own, and things already in it.

use std::{convert::Infallible, num::NonZeroU32};

use config::Database as Settings;
use domain::{
    AccountId, ClientId, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant, Scopes, TokenId,
    UserId,
    client::ClientMetadata,
    consent::{Authentication, DurationType, GrantedAccount, Terms},
    id::random_uuid,
};
use serde_json::json;
use store::{
    Migrations, Store, StoreError, Tx, TxError,
    codes::{NewAccessToken, NewCode, NewRefreshToken, Redeem, Redeemed},
    issue::{Issue, ProvenClient, Spend},
    standing::TokenRef,
};
use testkit::{chance::SeededRandom, database::Database};

/// The present: noon of 22 November 2026, UTC.
pub(crate) fn now() -> Instant {
    Instant::from_timestamp(1_795_348_800, 0).unwrap()
}

/// So many seconds from [`now`].
pub(crate) fn in_seconds(seconds: i64) -> Instant {
    now() + chrono::Duration::seconds(seconds)
}

/// The client that most tests are about.
pub(crate) fn client() -> ClientId {
    "client-1".parse().unwrap()
}

/// Another one.
pub(crate) fn other_client() -> ClientId {
    "client-2".parse().unwrap()
}

/// The consumer.
pub(crate) fn alice() -> UserId {
    "alice".parse().unwrap()
}

/// An account of the consumer.
pub(crate) fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// How to reach a database, with more patience than a request has: what is shown is not how fast this machine is.
pub(crate) fn settings(url: &str) -> Settings {
    let mut settings = Settings::at(url.to_owned().into());
    settings.connect_timeout_ms = NonZeroU32::new(60_000).unwrap();
    settings.statement_timeout_ms = NonZeroU32::new(60_000).unwrap();
    settings
}

/// Migrates the database of a URL.
pub(crate) fn migrate(url: &str) {
    Migrations::open(&settings(url)).unwrap().up().unwrap();
}

/// A store with two clients in it, and chance.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) database: Database,
    pub(crate) random: SeededRandom,
}

impl World {
    pub(crate) async fn new() -> Self {
        let database = Database::create(migrate);
        let store = Store::open(&settings(database.url())).unwrap();
        let world = Self {
            store,
            database,
            random: SeededRandom::new(1),
        };
        for id in [client(), other_client()] {
            world
                .tx(move |tx| store::clients::save(tx, &id, &metadata(), None, now()))
                .await;
        }
        world
    }

    /// A second store on the same database: another replica.
    pub(crate) fn replica(&self) -> Store {
        Store::open(&settings(self.database.url())).unwrap()
    }

    /// Runs a query in a serializable transaction; it must succeed.
    pub(crate) async fn tx<T: Send + 'static>(
        &self,
        mut query: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        tx(&self.store, move |tx| query(tx)).await
    }

    /// A new token's id and instants: issued now, ends in 300 seconds.
    pub(crate) fn access(&self) -> NewAccessToken {
        NewAccessToken {
            token_id: TokenId::mint(now(), &self.random),
            issued_at: now(),
            expires_at: in_seconds(300),
        }
    }

    /// The spend of an id that nobody had before.
    pub(crate) fn spend(&self) -> Spend {
        Spend {
            spent_id: random_uuid(&self.random),
            ends_on: now().date_naive(),
        }
    }

    /// The client, proven by an assertion that nobody had before.
    pub(crate) fn proven(&self) -> ProvenClient {
        ProvenClient {
            client_id: client(),
            version: 1,
            spend: Some(self.spend()),
        }
    }

    /// A token for the client itself.
    pub(crate) fn issue(&self) -> Issue {
        let NewAccessToken {
            token_id,
            issued_at,
            expires_at,
        } = self.access();
        Issue {
            client: self.proven(),
            token_id,
            issued_at,
            expires_at,
        }
    }

    /// A grant that is not written yet: alice shares two accounts with the client for a year.
    pub(crate) fn new_grant(&self) -> ConsentGrant {
        let account_with = |id, clusters: &[DataCluster]| GrantedAccount {
            account_id: account(id),
            data_clusters: clusters.iter().copied().collect(),
            nickname: None,
            awaiting: 0,
        };
        ConsentGrant {
            id: ConsentId::mint(&self.random),
            client_id: client(),
            user_id: alice(),
            stored_state: ConsentState::Active,
            created_at: now(),
            updated_at: now(),
            expires_at: now() + chrono::Duration::days(365),
            consumed_from: None,
            terms: Terms {
                duration_type: DurationType::TimeBound,
                duration_days: 365,
                lookback_days: 90,
            },
            scopes: Scopes::parse("fdx:accountbasic:read fdx:transactions:read").unwrap(),
            accounts: vec![
                account_with(
                    "checking",
                    &[DataCluster::AccountBasic, DataCluster::Transactions],
                ),
                account_with("savings", &[DataCluster::AccountBasic]),
            ],
            authentication: Authentication {
                authenticated_at: now(),
                acr: None,
                amr: vec!["pwd".into()],
            },
            version: 1,
            supersedes: None,
            superseded_by: None,
        }
    }

    /// Writes that grant.
    pub(crate) async fn insert_grant(&self, grant: &ConsentGrant) {
        let grant = grant.clone();
        self.tx(move |tx| store::grants::insert(tx, &grant, &json!({"termsVersion": "1"})))
            .await;
    }

    /// A grant in the database.
    pub(crate) async fn grant(&self) -> ConsentGrant {
        let grant = self.new_grant();
        self.insert_grant(&grant).await;
        grant
    }

    /// A code of that grant in the database. `number` makes it different from others.
    pub(crate) async fn code(&self, grant: &ConsentGrant, number: u8) -> NewCode {
        let code = NewCode {
            code_hash: [number; 32],
            consent_id: grant.id,
            client_id: grant.client_id.clone(),
            redirect_uri: "https://recipient.example/callback".into(),
            code_challenge: Some("challenge".into()),
            dpop_jkt: None,
            context: json!({"nonce": "n"}),
            issued_at: now(),
            expires_at: in_seconds(60),
        };
        let written = code.clone();
        self.tx(move |tx| store::codes::insert(tx, &written)).await;
        code
    }

    /// A redemption of that code in which everything agrees.
    pub(crate) fn redeem(&self, code: &NewCode) -> Redeem {
        let mut token_hash = [0; 32];
        domain::Random::fill(&self.random, &mut token_hash);
        Redeem {
            client: self.proven(),
            code_hash: code.code_hash,
            redirect_uri: Some(code.redirect_uri.clone()),
            code_challenge: code.code_challenge.clone(),
            dpop_jkt: None,
            now: in_seconds(1),
            access: self.access(),
            refresh: NewRefreshToken {
                token_hash,
                thumbprint: Some("thumbprint".into()),
            },
        }
    }

    /// A grant with tokens: the redemption that gave them.
    pub(crate) async fn redeemed(&self) -> (ConsentGrant, Redeem) {
        let grant = self.grant().await;
        let redeem = self.redeem(&self.code(&grant, 1).await);
        let asked = redeem.clone();
        let outcome = self.tx(move |tx| store::codes::redeem(tx, &asked)).await;
        assert!(matches!(outcome, Redeemed::Given(_)), "{outcome:?}");
        (grant, redeem)
    }

    /// Accounts of alice with transactions: `checking` has one on each of the last 200 days, `savings` none.
    pub(crate) fn fill_accounts(&self) {
        self.database.session().execute(
            r#"INSERT INTO accounts (account_id, origin, category, entity, contact, updated_at)
               SELECT id, id::bytea, 'DEPOSIT_ACCOUNT', jsonb_build_object('accountId', id), '{"name": "A"}',
                      '2026-11-22T12:00:00Z'
               FROM unnest(ARRAY['checking', 'savings', 'unshared']) AS id;
               INSERT INTO account_holders SELECT 'alice', account_id FROM accounts;
               INSERT INTO transactions (account_id, transaction_id, occurred_at, entity)
               SELECT 'checking', 't' || day, '2026-11-22T11:00:00Z'::timestamptz - day * interval '1 day',
                      jsonb_build_object('transactionId', 't' || day)
               FROM generate_series(0, 199) AS day"#,
        );
    }
}

/// A query on any store, which must succeed.
pub(crate) async fn tx<T: Send + 'static>(
    store: &Store,
    mut query: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store
        .tx("test", move |tx| query(tx).map_err(TxError::<Infallible>::Store))
        .await
        .unwrap()
}

/// What a client of these tests registered.
pub(crate) fn metadata() -> ClientMetadata {
    serde_json::from_value(json!({
        "client_name": "A recipient",
        "profile": "fapi2-security",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": []},
        "redirect_uris": ["https://recipient.example/callback"],
        "scope": "fdx:accountbasic:read fdx:transactions:read",
    }))
    .unwrap()
}

/// The token of a redemption.
pub(crate) fn token(access: NewAccessToken) -> TokenRef {
    TokenRef {
        token_id: access.token_id,
        issued_at: access.issued_at,
    }
}
