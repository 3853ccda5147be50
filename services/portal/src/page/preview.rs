//! The preview on the decision page: what would leave now, account by account, in plain words and redacted.

use chrono::{NaiveDate, NaiveTime};

use domain::DataCluster;

use super::{AccountLine, cluster_label, cluster_labels, topic_label};
use crate::{
    api::{Preview, PreviewedTransactions},
    consent::choice::Choice,
    text::Text,
};

/// What would be shared of one account.
pub(crate) struct PreviewedAccount {
    pub(crate) name: String,
    pub(crate) detail: String,
    /// What the consumer left out.
    pub(crate) left_out: Option<String>,
    pub(crate) clusters: Vec<PreviewedCluster>,
}

/// What of it falls under one data cluster.
pub(crate) struct PreviewedCluster {
    pub(crate) label: String,
    /// How much there is in it, in a word.
    pub(crate) size: String,
    /// Which of the account's transactions.
    pub(crate) transactions: Option<String>,
    pub(crate) members: Vec<Member>,
}

/// One value.
pub(crate) struct Member {
    /// In the consumer's language.
    pub(crate) words: Option<&'static str>,
    /// Its FDX name, where there are no words for it.
    pub(crate) name: String,
    pub(crate) example: String,
}

/// The lines of a preview, for accounts as the consumer chose them.
pub(super) fn lines(text: &Text, preview: Preview, choices: &[Choice<'_>]) -> Vec<PreviewedAccount> {
    let account = |previewed: crate::api::PreviewedAccount| {
        let choice = choices
            .iter()
            .find(|choice| choice.account.account_id == previewed.account_id)?;
        let nickname = Some(choice.nickname).filter(|name| !name.is_empty());
        let AccountLine { name, detail } = AccountLine::new(text, choice.account, nickname);
        let left_out = cluster_labels(text, choice.left_out());
        let transactions = previewed.transactions;
        // What such an account cannot have is not worth a line.
        let can_be = |cluster: &DataCluster| choice.account.data_clusters.contains(cluster);
        Some(PreviewedAccount {
            name,
            detail,
            left_out: (!left_out.is_empty()).then(|| (text.left_out)(&left_out)),
            clusters: previewed
                .data_clusters
                .into_iter()
                .filter(|previewed| can_be(&previewed.data_cluster) || !previewed.members.is_empty())
                .map(|previewed| cluster(text, previewed, transactions))
                .collect(),
        })
    };
    let of_accounts: Vec<_> = preview.accounts.into_iter().filter_map(account).collect();
    let topics: Vec<_> = preview
        .identity
        .into_iter()
        .map(|previewed| topic(text, previewed))
        .collect();
    let of_the_consumer = (!topics.is_empty()).then(|| PreviewedAccount {
        name: (text.member)("identity").unwrap_or_default().to_owned(),
        detail: String::new(),
        left_out: None,
        clusters: topics,
    });
    of_the_consumer.into_iter().chain(of_accounts).collect()
}

fn topic(text: &Text, previewed: crate::api::PreviewedTopic) -> PreviewedCluster {
    let member = |member: crate::api::PreviewedMember| Member {
        words: (text.member)(&format!("identity.{}", member.name)),
        example: example(text, &member.name, member.example),
        name: member.name,
    };
    PreviewedCluster {
        label: topic_label(text, &previewed.scope, &previewed.label),
        size: size(text, previewed.members.len()),
        transactions: None,
        members: previewed.members.into_iter().map(member).collect(),
    }
}

/// How much it is; nothing where there is nothing to count, and other words say so.
fn size(text: &Text, members: usize) -> String {
    if members == 0 {
        return String::new();
    }
    (text.fields)(members)
}

fn cluster(
    text: &Text,
    previewed: crate::api::PreviewedCluster,
    transactions: Option<PreviewedTransactions>,
) -> PreviewedCluster {
    let member = |member: crate::api::PreviewedMember| Member {
        words: (text.member)(&member.name),
        example: example(text, &member.name, member.example),
        name: member.name,
    };
    let transactions = transactions.filter(|_| previewed.data_cluster == DataCluster::Transactions);
    PreviewedCluster {
        label: cluster_label(text, previewed.data_cluster).to_owned(),
        size: size(text, previewed.members.len()),
        transactions: transactions.map(|found| {
            let since = (text.date)(found.since_time);
            (text.transactions_since)(found.count, found.has_more, &since)
        }),
        members: previewed.members.into_iter().map(member).collect(),
    }
}

/// Days and categories as people of the language write them; the rest as it came.
fn example(text: &Text, name: &str, example: String) -> String {
    if name.ends_with("accountCategory") {
        return (text.category)(&example).to_owned();
    }
    match NaiveDate::parse_from_str(&example, "%Y-%m-%d") {
        Ok(day) => (text.date)(day.and_time(NaiveTime::MIN).and_utc()),
        Err(_) => example,
    }
}
