//! `GET /fdx/v6/core/accounts/{accountId}/transactions`: what moved in an account, newest first.

use actix_web::{HttpRequest, HttpResponse, routes, web};
use domain::{AccountId, DataCluster, Instant, Scope, TransactionId, fdx::Transaction};
use http::{App, Code, FdxCaller, FdxError};
use serde::{Deserialize, Serialize};
use store::transaction_reads::{Position, TransactionRead};

use super::{
    dates::Window,
    paging::List,
    parameters::{Parameters, invalid},
    read::{self, Grant, Operation, ok, path_of, stored},
    wire::Transactions,
};
use crate::{
    disclose,
    source::{Source, source},
};

const OPERATION: Operation = Operation {
    id: "searchForAccountTransactions",
    clusters: &[DataCluster::Transactions],
};

/// What a cursor holds: the window that the first page was asked for, and the last transaction before the next page.
#[derive(Serialize, Deserialize)]
struct Cursor {
    window: Window,
    /// Microseconds, as a row keeps them.
    occurred_at: i64,
    transaction_id: TransactionId,
}

/// Lists the transactions of an account, newest first.
///
/// Also at `/fdx/v6/accounts/{accountId}/transactions`. Without dates the last seven days are read. Nothing older than
/// the consented history is ever read, counted from this request; to ask for it is 703.
#[utoipa::path(
    tag = "Core",
    operation_id = "searchForAccountTransactions",
    params(
        ("accountId" = String, Path, description = "As the list of accounts gives it"),
        ("startDate" = Option<String>, Query, format = Date, description = "First day, UTC; also startTime"),
        ("endDate" = Option<String>, Query, format = Date, description = "Last day, UTC; also endTime"),
        ("pageKey" = Option<String>, Query, description = "From the page before, whose dates it keeps; also offset"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
    ),
    responses(
        (status = 200, description = "A page of transactions", body = Transactions),
        (status = 400, description = "401, 702, 703: a parameter is not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: scope or data clusters do not allow it; 602: the consent is on hold", body = http::error::ErrorBody),
        (status = 404, description = "701: not an account of this consent", body = http::error::ErrorBody),
    ),
    security(("authorizationCode" = ["fdx:transactions:read"]))
)]
#[routes]
#[get("/fdx/v6/core/accounts/{accountId}/transactions")]
#[get("/fdx/v6/accounts/{accountId}/transactions")]
pub(crate) async fn search_for_account_transactions(
    app: web::Data<App>,
    caller: FdxCaller,
    account_id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, FdxError> {
    // The token tells its grant, but not whether that stands: it is enough to open a cursor with.
    let consent_id = caller.token.consent_id.ok_or(Code::Forbidden)?;
    let list = List {
        app: &app,
        path: path_of(&account_id, "/transactions"),
        consent_id,
    };
    let asked = ask(&list, &request, caller.now);
    let (window, after, limit) = match &asked {
        Ok(asked) => (asked.window, asked.after.clone(), asked.parameters.limit),
        // A request that cannot be served is still read, of nothing, so that a bad token is told first.
        Err(_) => (Window::recent(caller.now), None, 0),
    };
    let account: AccountId = account_id
        .parse()
        .ok()
        .filter(|account_id| caller.token.opens(account_id))
        .unwrap_or_else(read::nobody);
    let read = TransactionRead {
        token: caller.token.reference(),
        account_id: account.clone(),
        from: window.from(),
        until: window.until(caller.now),
        after,
        // One more than asked tells whether there is a next page.
        limit: i32::from(limit) + 1,
        now: caller.now,
    };
    let (admitted, rows) = caller.admit_read(source(&app).read_transactions(read).await?)?;
    let grant = Grant::of(&caller, admitted, &[Scope::TransactionsRead])?;
    let clusters = rows.first().ok_or(Code::AccountNotFound)?.data_clusters.clone();
    let allowed = grant.allowed(&clusters);
    if !allowed.transactions() {
        return Err(Code::Forbidden.into());
    }
    let asked = asked?;
    if asked.names_dates {
        window.check_lookback(grant.lookback_days, caller.now)?;
    }

    let mut found: Vec<_> = rows.into_iter().filter_map(|row| row.transaction).collect();
    let more = found.len() > usize::from(limit);
    found.truncate(limit.into());
    let next = found.last().filter(|_| more).map(|(position, _)| Cursor {
        window,
        occurred_at: position.occurred_at.timestamp_micros(),
        transaction_id: position.transaction_id.clone(),
    });
    let (page, links) = list.neighbours(&asked.parameters, next.as_ref(), None)?;
    let mut transactions = Vec::with_capacity(found.len());
    for (_, document) in found {
        transactions.extend(disclose::transaction(stored::<Transaction>(&document)?, &allowed));
    }
    let let_out = [(&account, clusters.as_slice())];
    let recorded = grant
        .record(&app, &caller, &OPERATION, let_out.into_iter())
        .await?;
    Ok(ok(
        recorded,
        &Transactions {
            page,
            links,
            transactions,
        },
    ))
}

/// What a request asks for.
struct Asked {
    parameters: Parameters,
    window: Window,
    /// Whether the request itself names the window, and so must be told when it reaches too far back.
    names_dates: bool,
    after: Option<Position>,
}

fn ask(list: &List<'_>, request: &HttpRequest, now: Instant) -> Result<Asked, FdxError> {
    let parameters = Parameters::of(request)?;
    let named = Window::asked(&parameters)?;
    let Some(cursor) = list.position::<Cursor>(&parameters)? else {
        let window = named.unwrap_or_else(|| Window::recent(now));
        return Ok(Asked {
            parameters,
            window,
            names_dates: named.is_some(),
            after: None,
        });
    };
    if named.is_some_and(|named| named != cursor.window) {
        return Err(invalid("pageKey is of a list with other dates"));
    }
    let occurred_at = Instant::from_timestamp_micros(cursor.occurred_at).ok_or(Code::InvalidInput)?;
    let after = Position {
        occurred_at,
        transaction_id: cursor.transaction_id,
    };
    Ok(Asked {
        parameters,
        window: cursor.window,
        names_dates: named.is_some(),
        after: Some(after),
    })
}
