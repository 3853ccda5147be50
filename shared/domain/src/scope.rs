//! Scopes: what a token may be used for. Known words only; an unknown one is refused where it is asked.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cluster::DataCluster;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident => $text:literal),* $(,)?) => {
        /// One scope that this platform knows (RFC 6749 3.3, FDX scope enumeration).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope { $($(#[$doc])* $name),* }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The scope of that word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

scopes! {
    /// An id_token is wanted.
    OpenId => "openid",
    /// A refresh token is wanted. We give one to every grant that is not ONE_TIME, so it changes nothing.
    OfflineAccess => "offline_access",
    /// Standard claims of the consumer's profile at userinfo.
    Profile => "profile",
    /// The consumer's e-mail address at userinfo.
    Email => "email",
    /// The consumer's postal address at userinfo.
    Address => "address",
    /// The consumer's telephone number at userinfo.
    Phone => "phone",
    /// ACCOUNT_BASIC.
    AccountBasicRead => "fdx:accountbasic:read",
    /// ACCOUNT_DETAILED.
    AccountDetailedRead => "fdx:accountdetailed:read",
    /// BALANCES.
    BalancesRead => "fdx:balances:read",
    /// BILLS.
    BillsRead => "fdx:bills:read",
    /// CUSTOMER_CONTACT.
    CustomerContactRead => "fdx:customercontact:read",
    /// CUSTOMER_PERSONAL.
    CustomerPersonalRead => "fdx:customerpersonal:read",
    /// SOCIAL_SECURITY_NUMBER.
    SocialSecurityRead => "fdx:socialsecurity:read",
    /// IMAGES.
    ImagesRead => "fdx:images:read",
    /// INVESTMENTS.
    InvestmentsRead => "fdx:investments:read",
    /// PAYMENT_SUPPORT.
    PaymentSupportRead => "fdx:paymentsupport:read",
    /// REWARDS.
    RewardsRead => "fdx:rewards:read",
    /// SCHEDULED_PAYMENTS.
    ScheduledPaymentsRead => "fdx:scheduledpayments:read",
    /// STATEMENTS.
    StatementsRead => "fdx:statements:read",
    /// TAX.
    TaxRead => "fdx:tax:read",
    /// TERMS_AND_CONDITIONS.
    TermsConditionsRead => "fdx:termsconditions:read",
    /// TRANSACTIONS.
    TransactionsRead => "fdx:transactions:read",
    /// TRANSFERS.
    TransfersRead => "fdx:transfers:read",
    /// Event subscriptions; client credentials only.
    NotificationsSubscribe => "fdx:notifications:subscribe",
    /// Read authentication resources; the bank's consent application.
    ExternalResourcesRead => "external:resources:read",
    /// Decide authentication resources; the bank's consent application.
    ExternalResourcesWrite => "external:resources:write",
    /// Read a consumer's consents; the bank's dashboard.
    ParticipantConsentsRead => "participantuser:consents:read",
    /// Change a consumer's consents; the bank's dashboard.
    ParticipantConsentsWrite => "participantuser:consents:write",
}

impl Scope {
    /// The data cluster that this scope opens, if it is one of those.
    pub fn cluster(self) -> Option<DataCluster> {
        DataCluster::ALL
            .into_iter()
            .find(|cluster| cluster.scope() == self)
    }

    /// Whether only a client acting for itself may have it (client credentials, never a consumer's grant).
    pub const fn is_for_clients_alone(self) -> bool {
        matches!(self, Self::NotificationsSubscribe) || self.is_for_the_bank_alone()
    }

    /// Whether only the bank's own applications may have it.
    pub const fn is_for_the_bank_alone(self) -> bool {
        matches!(
            self,
            Self::ExternalResourcesRead
                | Self::ExternalResourcesWrite
                | Self::ParticipantConsentsRead
                | Self::ParticipantConsentsWrite
        )
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes. On the wire words with one space between, in a fixed order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Scopes(BTreeSet<Scope>);

/// A word that is no scope of ours, or a text that is no list of scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope")]
pub struct UnknownScope;

impl Scopes {
    /// Longest text that is looked at: all our words together are under 1 kB.
    const LONGEST: usize = 2048;

    /// Reads a `scope` parameter (RFC6749-3.3).
    ///
    /// # Errors
    /// [`UnknownScope`] when a word is not ours or the text is over 2,048 bytes.
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        if text.len() > Self::LONGEST {
            return Err(UnknownScope);
        }
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Scope::from_word(word).ok_or(UnknownScope))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether it holds `scope`.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether it holds all of `other`.
    pub fn contains_all(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Those that are not in `others`.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).copied().collect())
    }

    /// The scopes, in their fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The data clusters that these scopes open.
    pub fn clusters(&self) -> BTreeSet<DataCluster> {
        self.iter().filter_map(Scope::cluster).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cluster_has_a_scope_of_its_own() {
        for cluster in DataCluster::ALL {
            assert_eq!(cluster.scope().cluster(), Some(cluster));
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        let one = Scopes::parse("openid fdx:transactions:read").unwrap();
        let other = Scopes::parse("fdx:transactions:read  openid openid").unwrap();
        assert_eq!(one, other);
        assert_eq!(Scopes::parse(&one.to_string()), Ok(one));
    }

    #[test]
    fn c13_unknown_and_endless_scopes_are_refused() {
        assert_eq!(Scopes::parse("openid\u{7}"), Err(UnknownScope));
        assert_eq!(Scopes::parse(&"openid ".repeat(100_000)), Err(UnknownScope));
    }
}
