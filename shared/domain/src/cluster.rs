//! Data clusters: the units in which a consumer shares data, with the words they read.

use serde::{Deserialize, Serialize};

use crate::scope::Scope;

/// What a grant lets out of one resource (FDX `DataCluster`), with the scope that a token needs for it.
///
/// Ordered as a consent screen lists them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DataCluster {
    /// Display name, masked number, type, description.
    AccountBasic,
    /// Basic, and balances, limits, due dates, rates.
    AccountDetailed,
    /// Current and available balance.
    Balances,
    /// Pending and posted transactions.
    Transactions,
    /// Individual positions of an investment account.
    Investments,
    /// What is owed and when.
    Bills,
    /// Payments that will be made.
    ScheduledPayments,
    /// Periodic statements.
    Statements,
    /// Check and receipt images.
    Images,
    /// Programs, balances and transactions of rewards.
    Rewards,
    /// Rates, fees and limits as agreed.
    TermsAndConditions,
    /// Full account number and routing number.
    PaymentSupport,
    /// Name, e-mail, address and telephone of the holders.
    CustomerContact,
    /// Contact, and date of birth and tax id (masked).
    CustomerPersonal,
    /// The tax id unmasked.
    SocialSecurityNumber,
    /// Tax forms.
    Tax,
    /// Transfers between accounts.
    Transfers,
}

impl DataCluster {
    /// Every cluster, in the order of a consent screen.
    pub const ALL: [Self; 17] = [
        Self::AccountBasic,
        Self::AccountDetailed,
        Self::Balances,
        Self::Transactions,
        Self::Investments,
        Self::Bills,
        Self::ScheduledPayments,
        Self::Statements,
        Self::Images,
        Self::Rewards,
        Self::TermsAndConditions,
        Self::PaymentSupport,
        Self::CustomerContact,
        Self::CustomerPersonal,
        Self::SocialSecurityNumber,
        Self::Tax,
        Self::Transfers,
    ];

    /// The name on the wire and in a row.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountBasic => "ACCOUNT_BASIC",
            Self::AccountDetailed => "ACCOUNT_DETAILED",
            Self::Balances => "BALANCES",
            Self::Transactions => "TRANSACTIONS",
            Self::Investments => "INVESTMENTS",
            Self::Bills => "BILLS",
            Self::ScheduledPayments => "SCHEDULED_PAYMENTS",
            Self::Statements => "STATEMENTS",
            Self::Images => "IMAGES",
            Self::Rewards => "REWARDS",
            Self::TermsAndConditions => "TERMS_AND_CONDITIONS",
            Self::PaymentSupport => "PAYMENT_SUPPORT",
            Self::CustomerContact => "CUSTOMER_CONTACT",
            Self::CustomerPersonal => "CUSTOMER_PERSONAL",
            Self::SocialSecurityNumber => "SOCIAL_SECURITY_NUMBER",
            Self::Tax => "TAX",
            Self::Transfers => "TRANSFERS",
        }
    }

    /// The cluster of that name; also `ACCOUNT_PAYMENTS`, which FDX 6.1 renamed to `PAYMENT_SUPPORT`.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "ACCOUNT_PAYMENTS" {
            return Some(Self::PaymentSupport);
        }
        Self::ALL.into_iter().find(|cluster| cluster.as_str() == name)
    }

    /// The scope that a token must carry to be served this cluster.
    pub const fn scope(self) -> Scope {
        match self {
            Self::AccountBasic => Scope::AccountBasicRead,
            Self::AccountDetailed => Scope::AccountDetailedRead,
            Self::Balances => Scope::BalancesRead,
            Self::Transactions => Scope::TransactionsRead,
            Self::Investments => Scope::InvestmentsRead,
            Self::Bills => Scope::BillsRead,
            Self::ScheduledPayments => Scope::ScheduledPaymentsRead,
            Self::Statements => Scope::StatementsRead,
            Self::Images => Scope::ImagesRead,
            Self::Rewards => Scope::RewardsRead,
            Self::TermsAndConditions => Scope::TermsConditionsRead,
            Self::PaymentSupport => Scope::PaymentSupportRead,
            Self::CustomerContact => Scope::CustomerContactRead,
            Self::CustomerPersonal => Scope::CustomerPersonalRead,
            Self::SocialSecurityNumber => Scope::SocialSecurityRead,
            Self::Tax => Scope::TaxRead,
            Self::Transfers => Scope::TransfersRead,
        }
    }

    /// Whether accounts of that FDX category can have anything of it: a screen need not offer the others. Of a category that
    /// is not known, anything.
    pub fn applies_to(self, category: Option<&str>) -> bool {
        let Some(category) = category else { return true };
        match self {
            Self::Investments => category == "INVESTMENT_ACCOUNT",
            Self::Bills => matches!(category, "LOC_ACCOUNT" | "INSURANCE_ACCOUNT"),
            Self::ScheduledPayments => category == "LOC_ACCOUNT",
            Self::Balances => category != "INSURANCE_ACCOUNT",
            _ => true,
        }
    }

    /// Whether a recipient that is registered for it asks for bills and scheduled payments by their own names. Before FDX
    /// 6.4 both were part of ACCOUNT_DETAILED, and for a recipient that is registered for none of these they still are.
    pub const fn is_split_off(self) -> bool {
        matches!(
            self,
            Self::Bills
                | Self::Balances
                | Self::ScheduledPayments
                | Self::SocialSecurityNumber
                | Self::TermsAndConditions
                | Self::Transfers
        )
    }

    /// Those that it contains: who shares it shares these, chosen or not.
    pub const fn contains(self) -> &'static [Self] {
        match self {
            Self::AccountDetailed => &[Self::AccountBasic, Self::Balances],
            _ => &[],
        }
    }

    /// What a consumer reads as its name (FDX UX guidelines).
    pub const fn label(self) -> &'static str {
        match self {
            Self::AccountBasic => "Account identifying information",
            Self::AccountDetailed => "Account summary information",
            Self::Balances => "Account balances",
            Self::Transactions => "Transactions",
            Self::Investments => "Investment holdings",
            Self::Bills => "Account billing information",
            Self::ScheduledPayments => "Scheduled payments",
            Self::Statements => "Account statements",
            Self::Images => "Check images",
            Self::Rewards => "Reward program information",
            Self::TermsAndConditions => "Account terms and conditions",
            Self::PaymentSupport => "Account numbers",
            Self::CustomerContact => "Account contact details",
            Self::CustomerPersonal => "Sensitive personal information",
            Self::SocialSecurityNumber => "Social security number",
            Self::Tax => "Tax form data",
            Self::Transfers => "Transfer information",
        }
    }

    /// What a consumer reads under the name: what is really shared.
    pub const fn description(self) -> &'static str {
        match self {
            Self::AccountBasic => "The account's name, type and last four digits",
            Self::AccountDetailed => "Balances, limits, rates and due dates",
            Self::Balances => "The current and the available balance",
            Self::Transactions => "Each payment in and out: date, amount and description",
            Self::Investments => "The securities you hold and what they are worth",
            Self::Bills => "What you owe, the minimum payment and when it is due",
            Self::ScheduledPayments => "Payments that you have set up for later",
            Self::Statements => "Your periodic statements, as documents",
            Self::Images => "Pictures of checks and receipts",
            Self::Rewards => "Points, miles or cash back, and how you earned them",
            Self::TermsAndConditions => "Rates, fees and limits that you agreed to",
            Self::PaymentSupport => {
                "The full account number and routing number, with which money can be moved"
            }
            Self::CustomerContact => "Your name, e-mail, address and telephone number",
            Self::CustomerPersonal => "Your date of birth and the last digits of your tax id",
            Self::SocialSecurityNumber => "Your full social security number",
            Self::Tax => "Your tax forms",
            Self::Transfers => "Transfers between your accounts",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_name_is_the_serde_name() {
        for cluster in DataCluster::ALL {
            assert_eq!(serde_json::to_value(cluster).unwrap(), cluster.as_str());
            assert_eq!(DataCluster::from_name(cluster.as_str()), Some(cluster));
        }
    }

    #[test]
    fn the_old_name_of_payment_support_is_understood() {
        assert_eq!(
            DataCluster::from_name("ACCOUNT_PAYMENTS"),
            Some(DataCluster::PaymentSupport)
        );
        assert_eq!(DataCluster::from_name("account_basic"), None);
    }
}
