//! What a token may see of one account: what the grant shares of it, and what the token's scopes carry.

use std::collections::BTreeSet;

use domain::{DataCluster, Scopes};

/// Which clusters decide for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    clusters: BTreeSet<DataCluster>,
    settings: Settings,
}

/// What decides beside the clusters, for all accounts of a grant alike. The default lets out least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Whether `accountNumber` is let out with PAYMENT_SUPPORT. FDX 6.4 deprecated it in favour of payment
    /// networks; recipients of an earlier version may still need it.
    pub account_number: bool,
    /// Whether ACCOUNT_DETAILED means bills and scheduled payments too, as it did before FDX 6.4: to a recipient that is
    /// registered for no cluster that was split off (`DataCluster::is_split_off`). What the consumer chose does not count:
    /// who leaves a cluster out would otherwise share more.
    pub bills_are_details: bool,
}

impl Allowed {
    /// The clusters of the account in the grant, as far as the token's scopes carry them.
    pub fn new(granted: &[DataCluster], scopes: &Scopes, settings: Settings) -> Self {
        let clusters = granted
            .iter()
            .copied()
            .filter(|cluster| scopes.contains(cluster.scope()))
            .collect();
        Self { clusters, settings }
    }

    /// Whether that cluster is shared.
    pub fn has(&self, cluster: DataCluster) -> bool {
        self.clusters.contains(&cluster)
    }

    /// Whether the account itself may be seen, and its descriptor.
    pub fn descriptor(&self) -> bool {
        self.has(DataCluster::AccountBasic) || self.detailed()
    }

    /// Whether transactions may be seen.
    pub fn transactions(&self) -> bool {
        self.has(DataCluster::Transactions)
    }

    /// Whether holders and their contact may be seen.
    pub fn contact(&self) -> bool {
        self.has(DataCluster::CustomerContact)
    }

    /// Whether numbers that move money may be seen.
    pub fn payment_support(&self) -> bool {
        self.has(DataCluster::PaymentSupport)
    }

    pub(super) fn detailed(&self) -> bool {
        self.has(DataCluster::AccountDetailed)
    }

    pub(super) fn balances(&self) -> bool {
        self.detailed() || self.has(DataCluster::Balances)
    }

    pub(super) fn bills(&self) -> bool {
        self.has(DataCluster::Bills) || (self.detailed() && self.settings.bills_are_details)
    }

    pub(super) fn scheduled_payments(&self) -> bool {
        self.has(DataCluster::ScheduledPayments) || (self.detailed() && self.settings.bills_are_details)
    }

    pub(super) fn investments(&self) -> bool {
        self.detailed() && self.has(DataCluster::Investments)
    }

    pub(super) fn numbers(&self) -> bool {
        self.detailed() && self.payment_support()
    }

    pub(super) fn deprecated_number(&self) -> bool {
        self.payment_support() && self.settings.account_number
    }

    pub(super) fn images(&self) -> bool {
        self.has(DataCluster::Images)
    }

    pub(super) fn rewards(&self) -> bool {
        self.has(DataCluster::Rewards)
    }

    pub(super) fn personal(&self) -> bool {
        self.has(DataCluster::CustomerPersonal)
    }

    pub(super) fn social_security_number(&self) -> bool {
        self.has(DataCluster::SocialSecurityNumber)
    }

    #[expect(
        clippy::unused_self,
        reason = "a class like the others, for the tables of fields"
    )]
    pub(super) const fn never(&self) -> bool {
        false
    }
}

/// The value, or nothing in its place.
pub(super) fn keep<T: Default>(let_out: bool, value: T) -> T {
    if let_out { value } else { T::default() }
}
