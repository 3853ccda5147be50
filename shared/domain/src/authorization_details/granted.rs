//! What a recipient was granted, as the token response tells it (RFC9396-7), and how that differs from what it asked.

use std::collections::BTreeSet;

use super::{ResourceType, TYPE};
use crate::{
    cluster::DataCluster,
    consent::{GrantedAccount, Terms},
    id::ConsentId,
};

/// The `authorization_details` of a token response: what was granted (RFC9396-7), account by account, and how that
/// differs from what was `asked`. An account that awaits another holder's approval is not in it.
pub fn granted(
    consent_id: ConsentId,
    terms: &Terms,
    accounts: &[GrantedAccount],
    asked: &BTreeSet<DataCluster>,
) -> serde_json::Value {
    let served = || accounts.iter().filter(|account| account.is_served());
    let resources: Vec<_> = served()
        .map(|account| resource(account, &account.data_clusters))
        .collect();
    let mut element = serde_json::json!({
        "type": TYPE,
        "fdxConsentId": consent_id,
        "consentRequest": {
            "durationType": terms.duration_type,
            "durationPeriod": terms.duration_days,
            "lookbackPeriod": terms.lookback_days,
            "resources": resources,
        },
    });
    let difference = Difference::between(asked, accounts);
    if let (Some(difference), Some(element)) = (difference, element.as_object_mut()) {
        element.insert("difference".into(), difference.to_json());
    }
    serde_json::Value::Array(vec![element])
}

/// What was asked and not granted, for a recipient that wants to tell its consumer what is missing.
///
/// ```json
/// {"dataClusters": ["PAYMENT_SUPPORT"],
///  "resources": [{"resourceType": "ACCOUNT", "resourceId": "a1", "dataClusters": ["TRANSACTIONS"]}],
///  "awaitingApproval": 1}
/// ```
/// `dataClusters` are those that no account was given, `resources` those that some account was given and this one was
/// not, `awaitingApproval` the number of accounts that the consumer chose and that wait for another holder. A member
/// that would be empty is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Difference<'a> {
    data_clusters: BTreeSet<DataCluster>,
    resources: Vec<(&'a GrantedAccount, BTreeSet<DataCluster>)>,
    awaiting_approval: usize,
}

impl<'a> Difference<'a> {
    /// `None` when all that was asked was granted.
    fn between(asked: &BTreeSet<DataCluster>, accounts: &'a [GrantedAccount]) -> Option<Self> {
        // By the consumer: an account that waits was given all the same.
        let given: BTreeSet<_> = accounts
            .iter()
            .flat_map(|account| account.data_clusters.iter().copied())
            .collect();
        let of_account = |account: &'a GrantedAccount| {
            let missing: BTreeSet<_> = asked
                .intersection(&given)
                .copied()
                .filter(|cluster| !account.data_clusters.contains(cluster))
                .collect();
            (!missing.is_empty()).then_some((account, missing))
        };
        let difference = Self {
            data_clusters: asked.difference(&given).copied().collect(),
            resources: accounts
                .iter()
                .filter(|account| account.is_served())
                .filter_map(of_account)
                .collect(),
            awaiting_approval: accounts.iter().filter(|account| !account.is_served()).count(),
        };
        let is_empty = difference.data_clusters.is_empty()
            && difference.resources.is_empty()
            && difference.awaiting_approval == 0;
        (!is_empty).then_some(difference)
    }

    fn to_json(&self) -> serde_json::Value {
        let mut members = serde_json::Map::new();
        if !self.data_clusters.is_empty() {
            members.insert("dataClusters".into(), serde_json::json!(self.data_clusters));
        }
        if !self.resources.is_empty() {
            let resources = self
                .resources
                .iter()
                .map(|(account, missing)| resource(account, missing))
                .collect();
            members.insert("resources".into(), serde_json::Value::Array(resources));
        }
        if self.awaiting_approval > 0 {
            members.insert("awaitingApproval".into(), self.awaiting_approval.into());
        }
        members.into()
    }
}

fn resource(account: &GrantedAccount, data_clusters: &BTreeSet<DataCluster>) -> serde_json::Value {
    serde_json::json!({
        "resourceType": ResourceType::Account,
        "resourceId": account.account_id,
        "dataClusters": data_clusters,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::consent::DurationType;

    fn account(id: &str, awaiting: u16, data_clusters: &[DataCluster]) -> GrantedAccount {
        GrantedAccount {
            account_id: id.parse().unwrap(),
            data_clusters: data_clusters.iter().copied().collect(),
            nickname: None,
            awaiting,
        }
    }

    fn answer(asked: &[DataCluster], accounts: &[GrantedAccount]) -> serde_json::Value {
        let terms = Terms {
            duration_type: DurationType::TimeBound,
            duration_days: 90,
            lookback_days: 60,
        };
        let id = ConsentId::from_uuid(uuid::Uuid::nil());
        granted(id, &terms, accounts, &asked.iter().copied().collect())[0].take()
    }

    #[test]
    fn what_was_granted_whole_has_no_difference() {
        let both = [DataCluster::AccountBasic, DataCluster::Transactions];
        let answer = answer(&both, &[account("a", 0, &both), account("b", 0, &both)]);
        assert_eq!(answer.get("difference"), None);
        assert_eq!(answer["consentRequest"]["resources"][1]["resourceId"], "b");
    }

    #[test]
    fn a_partial_approval_says_what_is_missing_and_where() {
        use DataCluster::{AccountBasic, PaymentSupport, Transactions};
        let accounts = [
            account("a", 0, &[AccountBasic, Transactions]),
            account("b", 0, &[AccountBasic]),
            account("joint", 2, &[AccountBasic]),
        ];
        let answer = answer(&[AccountBasic, Transactions, PaymentSupport], &accounts);
        assert_eq!(
            answer["difference"],
            json!({
                "dataClusters": ["PAYMENT_SUPPORT"],
                "resources": [{"resourceType": "ACCOUNT", "resourceId": "b", "dataClusters": ["TRANSACTIONS"]}],
                "awaitingApproval": 1,
            })
        );
        let shown: Vec<_> = answer["consentRequest"]["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["resourceId"].as_str().unwrap())
            .collect();
        assert_eq!(shown, ["a", "b"], "an account that waits is not shown");
    }
}
