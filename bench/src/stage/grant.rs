//! A grant of four accounts, written as the consumer's consent would be, and its bound token, fetched over the wire.

use std::convert::Infallible;

use chrono::Duration;
use config::Settings;
use domain::{
    ClientId, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant, Random, Scopes, UserId,
    consent::{Authentication, DurationType, GrantedAccount, Terms},
};
use jose::MintedSecret;
use serde_json::{Value, json};
use store::{Store, codes::NewCode};

use super::{
    Stage, USER,
    clients::{REDIRECT_URI, SCOPE},
};
use crate::{
    failure::{Failure, While as _},
    requests,
};

/// Accounts of the grant.
const ACCOUNTS: usize = 4;

impl Stage {
    /// A token for four accounts of the consumer, bound to the client's certificate, of the platform that runs.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn token(&self, now: Instant, random: &dyn Random) -> Result<String, Failure> {
        let code = MintedSecret::mint("", random);
        let verifier = MintedSecret::mint("", random);
        let settings = Settings::load(Some(&self.settings), []).during("reading the settings")?;
        let store = Store::open(&settings.database).during("opening the database")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let client_id: ClientId = self.es256.client_id.parse().during("the client's id")?;
        let consent_id = ConsentId::mint(random);
        let code_hash = code.hash();
        let code_challenge = jose::pkce::s256(verifier.expose());
        runtime
            .during("starting a runtime")?
            .block_on(store.tx::<_, Infallible, _>("bench_grant", move |tx| {
                let grant = grant(tx, consent_id, client_id.clone(), now)?;
                store::grants::insert(tx, &grant, &json!({}))?;
                let code = NewCode {
                    code_hash,
                    consent_id,
                    client_id: client_id.clone(),
                    redirect_uri: REDIRECT_URI.to_owned(),
                    code_challenge: Some(code_challenge.clone()),
                    dpop_jkt: None,
                    context: json!({}),
                    issued_at: now,
                    expires_at: now + Duration::seconds(60),
                };
                Ok(store::codes::insert(tx, &code)?)
            }))
            .during("writing a grant")?;
        self.redeem(code.expose(), verifier.expose(), now, random)
    }

    fn redeem(
        &self,
        code: &str,
        verifier: &str,
        now: Instant,
        random: &dyn Random,
    ) -> Result<String, Failure> {
        let assertions = self.es256.assertions(1, now, random)?;
        let proof = requests::proof(assertions.first().map_or("", String::as_str));
        let redirect_uri = REDIRECT_URI.replace(':', "%3A").replace('/', "%2F");
        let form = format!(
            "grant_type=authorization_code&code={code}&code_verifier={verifier}&redirect_uri={redirect_uri}&{proof}"
        );
        let mut connection = self.connector.connect(self.ports.mutual)?;
        let answer = connection.exchange(&requests::post(self.ports.mutual, "/fdx/auth/v1/token", &form))?;
        let body: Value = serde_json::from_slice(answer.body).during("reading the token")?;
        body.get("access_token")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("no token: {body}")))
    }
}

/// A grant of that client, of four accounts of the consumer; not yet written.
///
/// # Errors
/// `StoreError`.
pub(crate) fn grant(
    tx: &mut store::Tx<'_>,
    id: ConsentId,
    client_id: ClientId,
    now: Instant,
) -> Result<ConsentGrant, store::StoreError> {
    let corrupt = |column| store::StoreError::Corrupt {
        table: "bench",
        column,
    };
    let user_id: UserId = USER.parse().map_err(|_| corrupt("user_id"))?;
    let clusters = [
        DataCluster::AccountBasic,
        DataCluster::AccountDetailed,
        DataCluster::Transactions,
    ];
    let accounts = store::holders::list_accounts(tx, &user_id)?
        .into_iter()
        .take(ACCOUNTS)
        .map(|held| GrantedAccount {
            account_id: held.account_id,
            data_clusters: clusters.into_iter().collect(),
            nickname: None,
            awaiting: 0,
        })
        .collect();
    Ok(ConsentGrant {
        id,
        client_id,
        user_id,
        stored_state: ConsentState::Active,
        created_at: now,
        updated_at: now,
        expires_at: now + Duration::days(1),
        consumed_from: None,
        terms: Terms {
            duration_type: DurationType::TimeBound,
            duration_days: 1,
            lookback_days: 90,
        },
        scopes: Scopes::parse(SCOPE).map_err(|_| corrupt("scope"))?,
        accounts,
        authentication: Authentication {
            authenticated_at: now,
            acr: None,
            amr: vec![],
        },
        version: 1,
        supersedes: None,
        superseded_by: None,
    })
}
