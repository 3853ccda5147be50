//! An account on the decision page: its box, and the optional step behind it: what it shares, and what the recipient is to
//! call it.

use domain::DataCluster;

use super::{AccountLine, cluster_label};
use crate::{
    api::Account,
    consent::choice::{self, Choice},
    text::Text,
};

/// An account that can be chosen. All are chosen, with all they have, until the consumer unticks something.
pub(crate) struct ChoiceLine {
    pub(crate) number: usize,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) detail: String,
    pub(crate) note: Option<String>,
    pub(crate) is_chosen: bool,
    /// What the further step is called, and says when it was taken.
    pub(crate) summary: String,
    pub(crate) is_open: bool,
    pub(crate) shares_legend: String,
    pub(crate) shares_field: String,
    /// None when there is nothing to choose from.
    pub(crate) shares: Vec<ShareLine>,
    pub(crate) nickname_field: String,
    pub(crate) nickname: String,
}

/// A kind of data of an account.
pub(crate) struct ShareLine {
    /// FDX name.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// Which other kind contains it.
    pub(crate) note: Option<String>,
    pub(crate) is_ticked: bool,
    cluster: DataCluster,
}

impl ChoiceLine {
    pub(crate) fn new(text: &Text, recipient: &str, number: usize, account: &Account) -> Self {
        let AccountLine { name, detail } = AccountLine::new(text, account, None);
        let others = account.awaiting_approvals;
        let offered = account
            .data_clusters
            .iter()
            .filter(|_| choice::can_choose(account));
        Self {
            number,
            id: account.account_id.to_string(),
            note: (others > 0).then(|| (text.others_must_agree)(others)),
            is_chosen: true,
            summary: if choice::can_choose(account) {
                text.choose_shares.to_owned()
            } else {
                text.give_a_name.to_owned()
            },
            is_open: false,
            shares_legend: (text.shares_legend)(recipient, &name),
            shares_field: choice::shares_field(account),
            shares: offered
                .map(|&cluster| ShareLine::new(text, account, cluster))
                .collect(),
            nickname_field: choice::nickname_field(account),
            nickname: String::new(),
            name,
            detail,
        }
    }

    /// As the consumer chose it. What they changed stays open.
    pub(crate) fn choose(&mut self, text: &Text, choice: &Choice<'_>) {
        self.is_chosen = choice.is_chosen;
        choice.nickname.clone_into(&mut self.nickname);
        for share in &mut self.shares {
            share.is_ticked = choice.shares.contains(&share.cluster);
        }
        let is_narrowed = choice.left_out().next().is_some();
        if is_narrowed {
            self.summary = (text.shares_some)(choice.shares.len(), choice.account.data_clusters.len());
        }
        self.is_open = is_narrowed || !choice.nickname.is_empty();
    }
}

impl ShareLine {
    fn new(text: &Text, account: &Account, cluster: DataCluster) -> Self {
        let container = choice::container(account, cluster);
        Self {
            name: cluster.as_str(),
            label: cluster_label(text, cluster),
            note: container.map(|outer| (text.part_of)(cluster_label(text, outer))),
            is_ticked: true,
            cluster,
        }
    }
}
