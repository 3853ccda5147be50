//! What the consumer chose on the decision page: accounts; of each what it shares, and what the recipient is to call it.
//!
//! A form says it by account and not by place on the page, so that an account that comes or goes meanwhile moves nobody's
//! choice to another. A ticked box is a value; what can be of an account and is not ticked is left out.

use std::collections::BTreeSet;

use domain::DataCluster;

use crate::{
    api::{Account, ChosenAccount},
    form::Form,
    refusal::Refusal,
};

/// The field of an account that is ticked; its value is the account's id.
pub(crate) const ACCOUNT: &str = "account";

/// Longest nickname, characters: the API's.
const LONGEST_NICKNAME: usize = 64;

/// What is chosen of one account.
pub(crate) struct Choice<'a> {
    pub(crate) account: &'a Account,
    pub(crate) is_chosen: bool,
    /// Of what the account offers.
    pub(crate) shares: BTreeSet<DataCluster>,
    /// Empty when none was given.
    pub(crate) nickname: &'a str,
}

/// Why a choice cannot be allowed.
#[derive(Clone, Copy)]
pub(crate) enum Problem<'a> {
    /// No account is ticked.
    NoAccount,
    /// An account is ticked, and nothing of it.
    Nothing(&'a Account),
    /// The first is left out, and the second, which contains it, is not.
    Contained(DataCluster, DataCluster),
    /// A nickname is too long, or unprintable.
    Nickname,
}

/// The field with the clusters of an account.
pub(crate) fn shares_field(account: &Account) -> String {
    format!("share:{}", account.account_id)
}

/// The field with the nickname of an account.
pub(crate) fn nickname_field(account: &Account) -> String {
    format!("nickname:{}", account.account_id)
}

/// What a form chooses, account by account in the order of the page.
///
/// # Errors
/// [`Refusal::Forged`] when it names what no page of ours offers (O01).
pub(crate) fn read<'a>(form: &'a Form, accounts: &'a [Account]) -> Result<Vec<Choice<'a>>, Refusal> {
    let ticked: BTreeSet<_> = form.all(ACCOUNT).collect();
    let is_known = |id: &&str| accounts.iter().any(|account| account.account_id.as_str() == *id);
    if !ticked.iter().all(is_known) {
        return Err(Refusal::Forged);
    }
    accounts
        .iter()
        .map(|account| {
            let offered = &account.data_clusters;
            let shares = form
                .all(&shares_field(account))
                .map(|name| {
                    DataCluster::from_name(name)
                        .filter(|cluster| offered.contains(cluster))
                        .ok_or(Refusal::Forged)
                })
                .collect::<Result<_, _>>()?;
            Ok(Choice {
                is_chosen: ticked.contains(account.account_id.as_str()),
                // Where there is nothing to choose from, there are no boxes.
                shares: if can_choose(account) {
                    shares
                } else {
                    offered.clone()
                },
                nickname: form.get(&nickname_field(account)).unwrap_or_default().trim(),
                account,
            })
        })
        .collect()
}

/// Whether there is more than one kind of data to choose from.
pub(crate) fn can_choose(account: &Account) -> bool {
    account.data_clusters.len() > 1
}

/// The cluster that contains this one, of those that an account offers.
pub(crate) fn container(account: &Account, cluster: DataCluster) -> Option<DataCluster> {
    let offered = account.data_clusters.iter().copied();
    offered
        .into_iter()
        .find(|outer| outer.contains().contains(&cluster))
}

/// The first thing that keeps a choice from being allowed.
pub(crate) fn problem<'a>(choices: &[Choice<'a>]) -> Option<Problem<'a>> {
    let mut chosen = choices.iter().filter(|choice| choice.is_chosen).peekable();
    if chosen.peek().is_none() {
        return Some(Problem::NoAccount);
    }
    chosen.find_map(Choice::problem)
}

impl<'a> Choice<'a> {
    fn problem(&self) -> Option<Problem<'a>> {
        if self.shares.is_empty() && can_choose(self.account) {
            return Some(Problem::Nothing(self.account));
        }
        let contained = self.left_out().find_map(|inner| {
            let outer = container(self.account, inner)?;
            self.shares
                .contains(&outer)
                .then_some(Problem::Contained(inner, outer))
        });
        let nickname = self.nickname;
        let is_wrong = nickname.chars().count() > LONGEST_NICKNAME || nickname.chars().any(char::is_control);
        contained.or(is_wrong.then_some(Problem::Nickname))
    }

    /// What the account has and does not share.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = DataCluster> + use<'a, '_> {
        let offered = self.account.data_clusters.iter().copied();
        offered.filter(|cluster| !self.shares.contains(cluster))
    }

    /// As the API takes it: without clusters when nothing is left out, which is all that was asked.
    pub(crate) fn chosen(&self) -> Option<ChosenAccount<'a>> {
        self.is_chosen.then(|| ChosenAccount {
            account_id: &self.account.account_id,
            nickname: Some(self.nickname).filter(|name| !name.is_empty()),
            data_clusters: self
                .left_out()
                .next()
                .is_some()
                .then(|| self.shares.iter().copied().collect()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accounts() -> Vec<Account> {
        let account = |id: &str, clusters: &[&str]| json!({"accountId": id, "dataClusters": clusters});
        serde_json::from_value(json!([
            account(
                "a&1",
                &["ACCOUNT_BASIC", "ACCOUNT_DETAILED", "BALANCES", "TRANSACTIONS"]
            ),
            account("b", &["ACCOUNT_BASIC"]),
        ]))
        .unwrap()
    }

    /// What a form is taken for: what the API is told, or whether there is a problem.
    fn judged(form: &str) -> Result<serde_json::Value, &'static str> {
        let (form, accounts) = (Form::parse(form.as_bytes()), accounts());
        let choices = read(&form, &accounts).map_err(|_| "forged")?;
        match problem(&choices) {
            None => {
                let chosen: Vec<_> = choices.iter().filter_map(Choice::chosen).collect();
                Ok(serde_json::to_value(chosen).unwrap())
            }
            Some(Problem::NoAccount) => Err("no account"),
            Some(Problem::Nothing(_)) => Err("nothing"),
            Some(Problem::Contained(..)) => Err("contained"),
            Some(Problem::Nickname) => Err("nickname"),
        }
    }

    const ALL: &str = "share:a%261=ACCOUNT_BASIC&share:a%261=ACCOUNT_DETAILED&share:a%261=BALANCES&share:a%261=TRANSACTIONS";

    #[test]
    fn who_changes_nothing_shares_all_that_was_asked() {
        let chosen = judged(&format!("account=a%261&account=b&{ALL}&nickname:b=++"));
        assert_eq!(chosen, Ok(json!([{"accountId": "a&1"}, {"accountId": "b"}])));
    }

    #[test]
    fn what_is_left_out_is_told_and_so_is_a_name() {
        let chosen =
            judged("account=a%261&share:a%261=ACCOUNT_BASIC&nickname:a%261=+Bills+&nickname:b=Never");
        let told = json!([{"accountId": "a&1", "nickname": "Bills", "dataClusters": ["ACCOUNT_BASIC"]}]);
        assert_eq!(chosen, Ok(told));
    }

    #[test]
    fn what_cannot_be_allowed_is_told() {
        assert_eq!(judged(ALL), Err("no account"));
        assert_eq!(judged("account=a%261&account=b"), Err("nothing"));
        let balances = "account=a%261&share:a%261=ACCOUNT_BASIC&share:a%261=ACCOUNT_DETAILED";
        assert_eq!(judged(balances), Err("contained"));
        let long = format!("account=b&nickname:b={}", "x".repeat(65));
        assert_eq!(judged(&long), Err("nickname"));
        assert_eq!(judged("account=b&nickname:b=a%0Ab"), Err("nickname"));
    }

    #[test]
    fn o01_what_no_page_offers_is_forged() {
        for form in [
            "account=c",
            "account=b&share:b=TRANSACTIONS",
            "account=b&share:b=EVERYTHING",
        ] {
            assert_eq!(judged(form), Err("forged"), "{form}");
        }
    }
}
