//! What would leave if a consumer allowed it: the members of an account's documents, cluster by cluster, with examples in
//! which nothing can be read that matters.
//!
//! Nothing here decides what leaves: the documents go through the same functions as those of a recipient that asks, with the
//! clusters of a screen added one by one. What a cluster adds is shown under it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    DataCluster, Scopes,
    fdx::{Account, AccountContact, AccountPaymentNetwork, AssetTransferNetwork, Transaction},
};
use serde::Serialize;
use serde_json::Value;

use crate::{Allowed, Settings, redact::redacted};

/// Everything of an account that a grant could let out.
#[derive(Clone)]
pub struct Documents {
    /// The account entity.
    pub account: Account,
    /// Its holders and their contact.
    pub contact: Option<AccountContact>,
    /// Its payment networks.
    pub payment_networks: Vec<AccountPaymentNetwork>,
    /// Its asset transfer networks.
    pub asset_transfer_networks: Vec<AssetTransferNetwork>,
    /// Its transactions, newest first.
    pub transactions: Vec<Transaction>,
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

/// What one cluster would let out of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPreview {
    /// The cluster.
    pub data_cluster: DataCluster,
    /// What it adds to the clusters before it, by name.
    pub members: Vec<Member>,
}

/// A member that would leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its names from the outside in, with dots between; lists are not counted. Members of the account itself stand alone,
    /// others under `contact`, `paymentNetworks`, `assetTransferNetworks` or `transactions`.
    pub name: String,
    /// What its value looks like.
    pub example: String,
}

/// What an account would let out under these clusters, in their order. A member is under the first cluster that lets it
/// out, and again under one that lets more of it out (a whole tax id instead of its last digits). Every member of every
/// document is there: what a recipient would read has no other.
pub fn preview(
    documents: &Documents,
    nickname: Option<&str>,
    clusters: &BTreeSet<DataCluster>,
    settings: Settings,
) -> Vec<ClusterPreview> {
    let granted: Vec<_> = clusters.iter().copied().collect();
    let transactions = telling(&documents.transactions);
    let mut before = BTreeMap::new();
    let mut scopes = Vec::new();
    granted
        .iter()
        .map(|&data_cluster| {
            scopes.push(data_cluster.scope());
            let carried: Scopes = scopes.iter().copied().collect();
            let allowed = Allowed::new(&granted, &carried, settings);
            let now = leaves(documents, &transactions, nickname, &allowed);
            let members = now
                .iter()
                .filter(|(name, value)| before.get(*name) != Some(*value))
                .map(|(name, value)| Member {
                    name: name.clone(),
                    example: redacted(name, value),
                })
                .collect();
            before = now;
            ClusterPreview {
                data_cluster,
                members,
            }
        })
        .collect()
}

/// What claims of a consumer look like, by their names and without what says nothing by itself.
pub fn identity(claims: &domain::IdentityClaims) -> Vec<Member> {
    claims
        .iter()
        .map(|(name, value)| Member {
            name: name.to_owned(),
            example: redacted(name, value),
        })
        .collect()
}

/// Every member that leaves, by name, with its first value.
fn leaves(
    documents: &Documents,
    transactions: &[&Transaction],
    nickname: Option<&str>,
    allowed: &Allowed,
) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let account = crate::details(documents.account.clone(), nickname, allowed);
    collect("", account, &mut found);
    let contact = documents.contact.clone();
    collect(
        "contact",
        contact.and_then(|contact| crate::contact(contact, allowed)),
        &mut found,
    );
    for network in &documents.payment_networks {
        collect(
            "paymentNetworks",
            crate::payment_network(network.clone(), allowed),
            &mut found,
        );
    }
    for network in &documents.asset_transfer_networks {
        collect(
            "assetTransferNetworks",
            crate::asset_transfer_network(network.clone(), allowed),
            &mut found,
        );
    }
    for &transaction in transactions {
        collect(
            "transactions",
            crate::transaction(transaction.clone(), allowed),
            &mut found,
        );
    }
    found
}

/// Of transactions those that have a member that none before has, even if all were let out: a few of thousands, and less
/// than all of them leaves by the same members.
fn telling(transactions: &[Transaction]) -> Vec<&Transaction> {
    let scopes: Scopes = DataCluster::ALL.map(DataCluster::scope).into_iter().collect();
    let all = Allowed::new(&DataCluster::ALL, &scopes, Settings::default());
    let mut found = BTreeMap::new();
    let tells = |transaction: &&Transaction| {
        let before = found.len();
        collect("", crate::transaction((*transaction).clone(), &all), &mut found);
        found.len() > before
    };
    transactions.iter().filter(tells).collect()
}

fn collect<T: Serialize>(
    name: &str,
    disclosed: Option<crate::Disclosed<T>>,
    found: &mut BTreeMap<String, Value>,
) {
    // What cannot be written does not leave.
    if let Some(value) = disclosed.and_then(|disclosed| serde_json::to_value(disclosed).ok()) {
        flatten(name, value, found);
    }
}

fn flatten(name: &str, value: Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() {
                    member
                } else {
                    format!("{name}.{member}")
                };
                flatten(&name, value, found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                flatten(name, element, found);
            }
        }
        leaf => {
            found.entry(name.to_owned()).or_insert(leaf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = r#"{"accountCategory": "DEPOSIT_ACCOUNT", "accountId": "id-of-the-account", "accountType": "CHECKING",
        "accountNumber": "000011112222", "accountNumberDisplay": "****2222", "nickname": "Nest egg", "currency": {"currencyCode": "USD"},
        "status": "OPEN", "currentBalance": 9123.45, "balanceAsOf": "2026-11-22T10:00:00Z", "micrNumber": "77778888"}"#;
    const CONTACT: &str = r#"{"holders": [{"name": {"first": "ANNA", "last": "Smith"}, "relationship": "PRIMARY",
        "dateOfBirth": "1990-01-01", "taxId": "123-45-6789"}], "emails": ["anna@example.com"],
        "telephones": [{"type": "HOME", "number": "5551234567"}]}"#;
    const NETWORKS: &str = r#"[{"bankId": "021000021", "identifier": "000011112222", "type": "US_ACH"}]"#;
    const TRANSACTION: &str = r#"{"accountCategory": "DEPOSIT_ACCOUNT", "transactionId": "t-1", "amount": 13.37,
        "description": "CLINIC", "postedTimestamp": "2026-11-20T10:00:00Z", "debitCreditMemo": "DEBIT"}"#;

    /// With a member that the newest has not.
    const OLDER: &str = r#"{"accountCategory": "DEPOSIT_ACCOUNT", "transactionId": "t-0", "amount": 2, "memo": "GIFT",
        "description": "FLORIST", "postedTimestamp": "2026-10-20T10:00:00Z"}"#;

    fn documents() -> Documents {
        Documents {
            account: serde_json::from_str(ACCOUNT).unwrap(),
            contact: Some(serde_json::from_str(CONTACT).unwrap()),
            payment_networks: serde_json::from_str(NETWORKS).unwrap(),
            asset_transfer_networks: vec![],
            transactions: vec![
                serde_json::from_str(TRANSACTION).unwrap(),
                serde_json::from_str(OLDER).unwrap(),
            ],
        }
    }

    fn shown(clusters: &[DataCluster]) -> BTreeMap<DataCluster, BTreeMap<String, String>> {
        preview(
            &documents(),
            None,
            &clusters.iter().copied().collect(),
            Settings::default(),
        )
        .into_iter()
        .map(|cluster| {
            let members = cluster
                .members
                .into_iter()
                .map(|member| (member.name, member.example))
                .collect();
            (cluster.data_cluster, members)
        })
        .collect()
    }

    #[test]
    fn each_cluster_shows_what_it_adds() {
        use DataCluster::{AccountBasic, Balances, PaymentSupport, Transactions};
        let shown = shown(&[AccountBasic, Balances, Transactions, PaymentSupport]);
        assert_eq!(
            shown[&AccountBasic]["accountNumberDisplay"],
            "\u{2022}\u{2022}\u{2022}\u{2022} 2222"
        );
        assert_eq!(shown[&AccountBasic]["accountType"], "CHECKING");
        // Both are of ACCOUNT_DETAILED, or of BALANCES together with the account itself.
        assert_eq!(shown[&Balances]["currentBalance"], "\u{2022}\u{2022}\u{2022}");
        assert!(!shown[&AccountBasic].contains_key("currentBalance"));
        assert_eq!(shown[&Transactions]["transactions.postedTimestamp"], "2026-11-20");
        assert_eq!(shown[&Transactions]["transactions.debitCreditMemo"], "DEBIT");
        // Of any transaction, with the newest as the example where it has the member.
        assert_eq!(
            shown[&Transactions]["transactions.memo"],
            "\u{2022}\u{2022}\u{2022}"
        );
        let identifier = &shown[&PaymentSupport]["paymentNetworks.identifier"];
        assert_eq!(identifier, "\u{2022}\u{2022}\u{2022}\u{2022} 2222");
    }

    #[test]
    fn what_was_not_chosen_is_not_shown() {
        let shown = shown(&[DataCluster::AccountBasic]);
        let names: Vec<_> = shown[&DataCluster::AccountBasic].keys().cloned().collect();
        assert!(
            !names
                .iter()
                .any(|name| name.contains('.') && !name.starts_with("currency")),
            "{names:?}"
        );
        assert!(!names.contains(&"currentBalance".to_owned()));
    }

    #[test]
    fn a_cluster_that_lets_more_of_a_member_out_shows_it_again() {
        use DataCluster::{CustomerContact, CustomerPersonal, SocialSecurityNumber};
        let shown = shown(&[CustomerContact, CustomerPersonal, SocialSecurityNumber]);
        assert!(!shown[&CustomerContact].contains_key("contact.holders.taxId"));
        assert!(shown[&CustomerPersonal].contains_key("contact.holders.taxId"));
        assert!(shown[&SocialSecurityNumber].contains_key("contact.holders.taxId"));
    }

    #[test]
    fn an_example_tells_nothing_that_matters() {
        let all = shown(&DataCluster::ALL);
        let text = format!("{all:?}");
        for secret in [
            "id-of-the-account",
            "000011112222",
            "0000111",
            "9123",
            "77778888",
            "Nest egg",
            "ANNA",
            "Smith",
            "1990",
            "123-45",
            "anna@",
            "5551234",
            "021000021",
            "t-1",
            "13.37",
            "CLINIC",
            "GIFT",
            "FLORIST",
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
