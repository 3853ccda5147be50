//! What every endpoint does first: read with the standing, judge it, and find what the token may see.

use actix_web::HttpResponse;
use domain::{AccountId, ConsentId, DataCluster, Scope, Scopes};
use http::{App, Code, FdxCaller, FdxError, Recorded, limits};
use lifecycle::Admitted;
use serde::{Serialize, de::DeserializeOwned};
use store::account_reads::{AccountRead, AccountRow, Part};

use crate::{
    disclose::{Allowed, Settings},
    source::{Source, source},
};

/// A grant that was judged good, and what its token carries.
pub(crate) struct Grant {
    pub(crate) consent_id: ConsentId,
    pub(crate) lookback_days: u16,
    scopes: Scopes,
    admitted: Admitted,
}

/// An operation, as the record of a read names it, and the clusters that it may let something out of.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) clusters: &'static [DataCluster],
}

impl Grant {
    /// The grant of an admitted token that carries one of these scopes.
    ///
    /// # Errors
    /// 403: the token belongs to no consumer's grant (T13), or lacks the scope.
    pub(crate) fn of(caller: &FdxCaller, admitted: Admitted, needs: &[Scope]) -> Result<Self, FdxError> {
        let grant = admitted.grant().ok_or(Code::Forbidden)?;
        // A token never carries more than its grant, even where the grant was narrowed after it was issued.
        let scopes = caller.token.scopes.intersection(&grant.scopes);
        if !needs.iter().any(|&scope| scopes.contains(scope)) {
            return Err(FdxError::insufficient_scope());
        }
        Ok(Self {
            consent_id: grant.consent_id,
            lookback_days: grant.lookback_days,
            scopes,
            admitted,
        })
    }

    /// Has written down that `operation` lets these accounts out: each as it is in the grant, with its clusters there.
    ///
    /// # Errors
    /// 503 when that cannot be promised.
    pub(crate) async fn record<'a>(
        &self,
        app: &App,
        caller: &FdxCaller,
        operation: &Operation,
        accounts: impl Iterator<Item = (&'a AccountId, &'a [DataCluster])>,
    ) -> Result<Recorded, FdxError> {
        let mut account_ids = Vec::new();
        let mut clusters = Vec::new();
        for (account_id, granted) in accounts {
            account_ids.push(account_id.clone());
            for cluster in operation.clusters {
                let is_out = granted.contains(cluster) && self.scopes.contains(cluster.scope());
                if is_out && !clusters.contains(cluster) {
                    clusters.push(*cluster);
                }
            }
        }
        caller
            .record(app, &self.admitted, operation.id, (account_ids, clusters))
            .await
    }

    /// What of an account the token may see, where bills are not spoken of.
    pub(crate) fn allowed(&self, clusters: &[DataCluster]) -> Allowed {
        Allowed::new(clusters, &self.scopes, Settings::default())
    }

    /// What of an account's own document the token may see.
    pub(crate) fn allowed_details(&self, row: &AccountRow) -> Allowed {
        let settings = Settings {
            bills_are_details: row.bills_are_details,
            ..Settings::default()
        };
        Allowed::new(&row.data_clusters, &self.scopes, settings)
    }
}

/// Reads a document of every account of the grant, in the order in which the consumer chose them.
pub(crate) async fn all(
    app: &App,
    caller: &FdxCaller,
    needs: &[Scope],
) -> Result<(Grant, Vec<AccountRow>), FdxError> {
    let read = AccountRead {
        token: caller.token.reference(),
        account_id: None,
        part: Part::Entity,
    };
    let (admitted, mut rows) = caller.admit_read(source(app).read_accounts(read).await?)?;
    rows.retain(|row| caller.token.opens(&row.account_id));
    Ok((Grant::of(caller, admitted, needs)?, rows))
}

/// Reads a document of one account of the grant.
///
/// # Errors
/// 404 with 701 when the account is not in the grant or is no longer there: the same answer (O10).
pub(crate) async fn one(
    app: &App,
    caller: &FdxCaller,
    account_id: &str,
    part: Part,
    needs: &[Scope],
) -> Result<(Grant, AccountRow), FdxError> {
    // What is no id is read like one that does not exist, so that a bad token is told first.
    let account_id = account_id.parse().unwrap_or_else(|_| nobody());
    let read = AccountRead {
        token: caller.token.reference(),
        account_id: Some(account_id),
        part,
    };
    let (admitted, rows) = caller.admit_read(source(app).read_accounts(read).await?)?;
    let grant = Grant::of(caller, admitted, needs)?;
    let opened = rows.into_iter().find(|row| caller.token.opens(&row.account_id));
    let row = opened.ok_or(Code::AccountNotFound)?;
    Ok((grant, row))
}

/// An id that no account has: ours are letters of base64url, a bank's are printable.
#[expect(clippy::expect_used, reason = "a constant that is an id")]
pub(crate) fn nobody() -> AccountId {
    "\u{a0}"
        .parse()
        .expect("one character that is no control character")
}

/// A stored document; one that does not read was written by nobody of us.
///
/// # Errors
/// 500.
pub(crate) fn stored<T: DeserializeOwned>(document: &str) -> Result<T, FdxError> {
    serde_json::from_str(document).map_err(|error| {
        // The text of the error may quote the document.
        tracing::error!(
            line = error.line(),
            column = error.column(),
            "a stored document does not read"
        );
        Code::Internal.into()
    })
}

/// 200 with a body that nobody keeps, and of which it is written down who reads it.
pub(crate) fn ok(recorded: Recorded, body: &impl Serialize) -> HttpResponse {
    let Recorded { .. } = recorded;
    HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(body)
}

/// The path of something of an account, percent-encoded, for links and for the context of cursors.
pub(crate) fn path_of(account_id: &str, what: &str) -> String {
    let mut path = String::from("/fdx/v6/core/accounts/");
    for byte in account_id.bytes().take(4 * limits::CURSOR_BYTES) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path.push_str(what);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_holds_nothing_that_means_something_else() {
        assert_eq!(
            path_of("a/../b?c é", "/transactions"),
            "/fdx/v6/core/accounts/a%2F..%2Fb%3Fc%20%C3%A9/transactions"
        );
    }
}
