//! What a consumer needs to know an account of theirs by on a screen, and nothing more.

use serde::Serialize;

use crate::{
    fdx::account::{AccountDescriptor, AccountStatus},
    id::AccountId,
};

/// An account on a consent screen or dashboard: never its full number, never a balance.
#[derive(Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// The bank's id of it.
    pub account_id: AccountId,
    /// One of FDX's nine categories, such as `DEPOSIT_ACCOUNT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_category: Option<String>,
    /// FDX `AccountType`, such as `CHECKING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
    /// What the consumer or the bank calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number masked, such as `****1234`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number_display: Option<String>,
    /// Whether it is closed.
    #[serde(skip)]
    pub is_closed: bool,
}

impl AccountSummary {
    /// The summary of a stored entity. What does not read is left out: a screen can do without it.
    pub fn of(account_id: AccountId, entity: &serde_json::Value) -> Self {
        let descriptor: AccountDescriptor = serde::Deserialize::deserialize(entity).unwrap_or_default();
        let category = entity.get("accountCategory").and_then(serde_json::Value::as_str);
        let name = [
            &descriptor.nickname,
            &descriptor.product_name,
            &descriptor.description,
        ]
        .into_iter()
        .flatten()
        .next();
        Self {
            account_id,
            account_category: category.map(str::to_owned),
            account_type: descriptor.account_type.map(|kind| kind.as_str().to_owned()),
            name: name.map(|name| name.as_str().to_owned()),
            account_number_display: descriptor
                .account_number_display
                .map(|number| number.as_str().to_owned()),
            is_closed: descriptor.status == Some(AccountStatus::Closed),
        }
    }
}

impl std::fmt::Debug for AccountSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountSummary").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_tells_enough_to_choose_and_no_more() {
        let entity = json!({"accountCategory": "DEPOSIT_ACCOUNT", "accountId": "a", "accountType": "CHECKING",
            "accountNumber": "000123456789", "accountNumberDisplay": "****6789", "productName": "Everyday Checking",
            "currentBalance": 12.5, "status": "CLOSED"});
        let summary = AccountSummary::of("a".parse().unwrap(), &entity);
        assert!(summary.is_closed);
        assert_eq!(
            serde_json::to_value(&summary).unwrap(),
            json!({"accountId": "a", "accountCategory": "DEPOSIT_ACCOUNT", "accountType": "CHECKING",
                "name": "Everyday Checking", "accountNumberDisplay": "****6789"})
        );
        assert!(!format!("{summary:?}").contains("6789"));
    }

    #[test]
    fn an_entity_that_does_not_read_still_has_its_id() {
        let summary = AccountSummary::of("a".parse().unwrap(), &json!({"status": 7}));
        assert_eq!(serde_json::to_value(&summary).unwrap(), json!({"accountId": "a"}));
    }
}
