//! `GET /fdx/v6/core/accounts`: the accounts of the grant.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, routes, web};
use domain::{
    DataCluster, Scope,
    fdx::{Account, account::LightweightAccount},
};
use http::{App, Code, FdxCaller, FdxError};
use store::account_reads::AccountRow;

use super::{
    dates::Window,
    get_account::DETAILS,
    paging::List,
    parameters::{Parameters, invalid},
    read::{self, Grant, Operation, ok, stored},
    wire::{Accounts, ListedAccount},
};
use crate::disclose;

const PATH: &str = "/fdx/v6/core/accounts";

/// The lightweight form shows the descriptor alone, which either of these lets out.
const LIGHTWEIGHT: Operation = Operation {
    id: "searchForAccounts",
    clusters: &[DataCluster::AccountBasic, DataCluster::AccountDetailed],
};

const WITH_DETAILS: Operation = Operation {
    id: "searchForAccounts",
    clusters: DETAILS,
};

/// Lists the accounts that the consumer shares.
///
/// Also at `/fdx/v6/accounts`. Dates are checked and otherwise ignored: they shaped the embedded transactions, which
/// FDX 6.3.1 deprecated and we do not emit.
#[utoipa::path(
    tag = "Core",
    operation_id = "searchForAccounts",
    params(
        ("accountIds" = Option<String>, Query, description = "Only these, separated by commas"),
        ("resultType" = Option<String>, Query, description = "lightweight (default) or details"),
        ("startDate" = Option<String>, Query, format = Date, description = "Also startTime"),
        ("endDate" = Option<String>, Query, format = Date, description = "Also endTime"),
        ("pageKey" = Option<String>, Query, description = "From the page before; also offset"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
    ),
    responses(
        (status = 200, description = "A page of accounts", body = Accounts),
        (status = 400, description = "401, 702, 703: a parameter is not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope; 602: the consent is on hold", body = http::error::ErrorBody),
        (status = 404, description = "1107: accountIds names an account that is not shared", body = http::error::ErrorBody),
    ),
    security(("authorizationCode" = ["fdx:accountbasic:read"]), ("authorizationCode" = ["fdx:accountdetailed:read"]))
)]
#[routes]
#[get("/fdx/v6/core/accounts")]
#[get("/fdx/v6/accounts")]
pub(crate) async fn search_for_accounts(
    app: web::Data<App>,
    caller: FdxCaller,
    request: HttpRequest,
) -> Result<HttpResponse, FdxError> {
    let (grant, rows) = read::all(
        &app,
        &caller,
        &[Scope::AccountBasicRead, Scope::AccountDetailedRead],
    )
    .await?;
    let parameters = Parameters::of(&request)?;
    check_dates(&parameters)?;
    let with_details = match parameters.result_type.as_deref() {
        None | Some("lightweight") => false,
        Some("details") => true,
        Some(_) => return Err(invalid("resultType must be lightweight or details")),
    };
    let shared: Vec<AccountRow> = rows
        .into_iter()
        .filter(|row| row.document.is_some() && grant.allowed(&row.data_clusters).descriptor())
        .collect();
    let wanted = only_named(shared, parameters.account_ids.as_deref())?;
    let list = List {
        app: &app,
        path: PATH.to_owned(),
        consent_id: grant.consent_id,
    };
    let (rows, page, links) = list.cut(&parameters, wanted)?;
    let accounts = rows
        .iter()
        .filter_map(|row| listed(&grant, row, with_details).transpose())
        .collect::<Result<_, _>>()?;
    let operation = if with_details { WITH_DETAILS } else { LIGHTWEIGHT };
    let let_out = rows
        .iter()
        .map(|row| (&row.account_id, row.data_clusters.as_slice()));
    let recorded = grant.record(&app, &caller, &operation, let_out).await?;
    Ok(ok(
        recorded,
        &Accounts {
            page,
            links,
            accounts,
        },
    ))
}

/// An account as it is listed; `None` when nothing of it is shared, or it is no longer there.
fn listed(grant: &Grant, row: &AccountRow, with_details: bool) -> Result<Option<ListedAccount>, FdxError> {
    let Some(document) = &row.document else {
        return Ok(None);
    };
    let (nickname, allowed) = (row.nickname.as_deref(), grant.allowed_details(row));
    Ok(if with_details {
        let account = disclose::details(stored::<Account>(document)?, nickname, &allowed);
        account.map(|account| ListedAccount::Details(Box::new(account)))
    } else {
        // Only the descriptor is read out of the document: the lightweight form is what recipients ask for most.
        let account = disclose::descriptor(stored::<LightweightAccount>(document)?, nickname, &allowed);
        account.map(|account| ListedAccount::Lightweight(Box::new(account)))
    })
}

/// The accounts that `accountIds` names; all of them when it is absent.
fn only_named(rows: Vec<AccountRow>, account_ids: Option<&str>) -> Result<Vec<AccountRow>, FdxError> {
    let Some(account_ids) = account_ids else {
        return Ok(rows);
    };
    let named: HashSet<&str> = account_ids.split(',').filter(|id| !id.is_empty()).collect();
    let rows: Vec<AccountRow> = rows
        .into_iter()
        .filter(|row| named.contains(row.account_id.as_str()))
        .collect();
    if named.is_empty() {
        return Err(invalid("accountIds names no account"));
    }
    // O10: what is absent and what is not shared get the same answer.
    if rows.len() < named.len() {
        Err(Code::NotFound.into())
    } else {
        Ok(rows)
    }
}

/// `startTime` and `endTime` are lists of dates here and here alone.
fn check_dates(parameters: &Parameters) -> Result<(), FdxError> {
    let dates = |list: &Option<String>| {
        list.as_deref()
            .map(|list| list.split(',').map(str::to_owned).collect::<Vec<_>>())
    };
    let (starts, ends) = (dates(&parameters.start_date), dates(&parameters.end_date));
    let (starts, ends) = (starts.unwrap_or_default(), ends.unwrap_or_default());
    for index in 0..starts.len().max(ends.len()) {
        Window::asked(&Parameters {
            start_date: starts.get(index).cloned(),
            end_date: ends.get(index).cloned(),
            ..Parameters::default()
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(account_id: &str) -> AccountRow {
        AccountRow {
            account_id: account_id.parse().unwrap(),
            data_clusters: vec![],
            nickname: None,
            bills_are_details: false,
            document: None,
        }
    }

    fn named(account_ids: Option<&str>) -> Result<Vec<String>, Code> {
        let rows = only_named(vec![row("a"), row("b")], account_ids).map_err(|error| error.code())?;
        Ok(rows.into_iter().map(|row| row.account_id.to_string()).collect())
    }

    #[test]
    fn named_accounts_are_picked_and_missing_ones_refused() {
        assert_eq!(named(None), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(named(Some("b,b")), Ok(vec!["b".into()]));
        assert_eq!(named(Some("a,c")), Err(Code::NotFound));
        assert_eq!(named(Some(",")), Err(Code::InvalidInput));
    }

    #[test]
    fn dates_are_checked_though_they_change_nothing() {
        let check = |start: &str, end: &str| {
            let parameters = Parameters {
                start_date: Some(start.into()),
                end_date: Some(end.into()),
                ..Parameters::default()
            };
            check_dates(&parameters).map_err(|error| error.code())
        };
        assert_eq!(check("2026-01-01,2026-02-01", "2026-01-02,2026-02-02"), Ok(()));
        assert_eq!(check("2026-01-01,2026-02-01", "2026-01-02"), Err(Code::DateRange));
        assert_eq!(check("soon", "2026-01-02"), Err(Code::DateMalformed));
    }
}
