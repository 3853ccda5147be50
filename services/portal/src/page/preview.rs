//! The preview on the decision page: what would leave now, account by account, in plain words and redacted.

use chrono::{NaiveDate, NaiveTime};

use super::{AccountLine, topic_label};
use crate::{
    api::{Account, Preview},
    text::Text,
};

/// What would be shared of one account.
pub(crate) struct PreviewedAccount {
    pub(crate) name: String,
    pub(crate) detail: String,
    pub(crate) clusters: Vec<PreviewedCluster>,
}

/// What of it falls under one data cluster.
pub(crate) struct PreviewedCluster {
    pub(crate) label: String,
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

/// The lines of a preview, for accounts whose names the consumer knows.
pub(super) fn lines(text: &Text, preview: Preview, accounts: &[Account]) -> Vec<PreviewedAccount> {
    let account = |previewed: crate::api::PreviewedAccount| {
        let known = accounts
            .iter()
            .find(|account| account.account_id == previewed.account_id)?;
        let AccountLine { name, detail } = AccountLine::new(text, known, None);
        let clusters = previewed
            .data_clusters
            .into_iter()
            .map(|previewed| cluster(text, previewed))
            .collect();
        Some(PreviewedAccount {
            name,
            detail,
            clusters,
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
        members: previewed.members.into_iter().map(member).collect(),
    }
}

fn cluster(text: &Text, previewed: crate::api::PreviewedCluster) -> PreviewedCluster {
    let words = (text.cluster)(previewed.data_cluster);
    let member = |member: crate::api::PreviewedMember| Member {
        words: (text.member)(&member.name),
        example: example(text, &member.name, member.example),
        name: member.name,
    };
    PreviewedCluster {
        label: words.map_or(previewed.label, |(label, _)| label.to_owned()),
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
