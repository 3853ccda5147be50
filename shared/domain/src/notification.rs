//! Events that a recipient may hear of (FDX Event API; the customer's types beside FDX's).
//!
//! Which types there are, which category each belongs to, and what is true of a subscription. Who hears which event is
//! decided by the fan-out in `store`, how it is told in `notifications`.

mod subscriber;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::id::InvalidId;

pub use subscriber::{InvalidSubscriber, Subscriber};

/// Days for which notifications are kept and can be asked for again.
pub const KEPT_DAYS: i64 = 30;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire and in rows.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

/// Not a word of that enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known word")]
pub struct UnknownWord;

words! {
    /// What happened (FDX `NotificationType`): those that this platform tells. A type that nothing here ever tells is
    /// not among them, so that nobody waits for it.
    NotificationType {
        /// A consumer granted a consent.
        ConsentAuthorized => "CONSENT_AUTHORIZED",
        /// One of several who must agree has; the others have not yet.
        ConsentPartiallyAuthorized => "CONSENT_PARTIALLY_AUTHORIZED",
        /// Somebody who must agree has not.
        ConsentRejected => "CONSENT_REJECTED",
        /// It serves nothing until it is resumed.
        ConsentOnHold => "CONSENT_ON_HOLD",
        /// Its one use is over.
        ConsentConsumed => "CONSENT_CONSUMED",
        /// Its time is over.
        ConsentExpired => "CONSENT_EXPIRED",
        /// Its accounts, clusters or duration were changed.
        ConsentModified => "CONSENT_MODIFIED",
        /// A party ended it.
        ConsentRevoked => "CONSENT_REVOKED",
        /// It changed in another way: it serves again after a hold.
        ConsentUpdated => "CONSENT_UPDATED",
        /// The balance of an account changed.
        Balance => "BALANCE",
        /// The interface will be away.
        PlannedOutage => "PLANNED_OUTAGE",
        /// Something about the service.
        Service => "SERVICE",
        /// Something that recipients should guard against.
        Risk => "RISK",
        /// Anything else; also the test of a subscription.
        Custom => "CUSTOM",
    }
}

words! {
    /// What an event is about (FDX `NotificationCategory`).
    NotificationCategory {
        /// A consent.
        Consent => "CONSENT",
        /// Suspected fraud.
        Fraud => "FRAUD",
        /// The service itself.
        Maintenance => "MAINTENANCE",
        /// Data that can be read anew.
        NewData => "NEW_DATA",
        /// Security.
        Security => "SECURITY",
    }
}

words! {
    /// How grave it is (FDX `NotificationSeverity`).
    NotificationSeverity {
        /// Act now.
        Emergency => "EMERGENCY",
        /// Act soon.
        Alert => "ALERT",
        /// Something may go wrong.
        Warning => "WARNING",
        /// Worth knowing.
        Notice => "NOTICE",
        /// For the record.
        Info => "INFO",
    }
}

words! {
    /// How soon it should be looked at (FDX `NotificationPriority`).
    NotificationPriority {
        /// Before others.
        High => "HIGH",
        /// In its turn.
        Medium => "MEDIUM",
        /// When there is time.
        Low => "LOW",
    }
}

words! {
    /// How a callback stands.
    CallbackState {
        /// Its owner has not answered the challenge yet; its events wait.
        Pending => "PENDING",
        /// Its owner answered: events flow.
        Verified => "VERIFIED",
        /// Nobody answered for as long as the setting `notifications.retry_hours` says.
        Parked => "PARKED",
    }
}

words! {
    /// What became of a notification.
    DeliveryState {
        /// It waits for its turn, its next attempt, or the callback's verification.
        Pending => "PENDING",
        /// The callback took it.
        Delivered => "DELIVERED",
        /// It was tried for as long as `notifications.retry_hours` says; the bank can resume it, and it can be polled.
        Parked => "PARKED",
    }
}

impl NotificationType {
    /// The categories that the type may be of. `CUSTOM` says nothing, and may be of any.
    pub const fn categories(self) -> &'static [NotificationCategory] {
        use NotificationCategory::{Consent, Fraud, Maintenance, NewData, Security};
        match self {
            Self::ConsentAuthorized
            | Self::ConsentPartiallyAuthorized
            | Self::ConsentRejected
            | Self::ConsentOnHold
            | Self::ConsentConsumed
            | Self::ConsentExpired
            | Self::ConsentModified
            | Self::ConsentRevoked
            | Self::ConsentUpdated => &[Consent],
            Self::Balance => &[NewData],
            Self::PlannedOutage | Self::Service => &[Maintenance],
            Self::Risk => &[Fraud, Security],
            Self::Custom => NotificationCategory::ALL,
        }
    }

    /// Whether the two go together.
    pub fn is_of(self, category: NotificationCategory) -> bool {
        self.categories().contains(&category)
    }
}

/// A subscription as its recipient names it (FDX `subscriptionId`): 1 to 64 printable ASCII characters that need no
/// encoding in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 64)]
#[serde(try_from = "String", into = "String")]
pub struct SubscriptionId(String);

impl SubscriptionId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SubscriptionId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        // RFC 3986 unreserved: what has one spelling in a path has one meaning. "." and ".." are no names there.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) && text != "." && text != ".." {
            Ok(Self(text))
        } else {
            Err(InvalidId)
        }
    }
}

impl FromStr for SubscriptionId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::try_from(text.to_owned())
    }
}

impl From<SubscriptionId> for String {
    fn from(id: SubscriptionId) -> Self {
        id.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_spelling() {
        for kind in NotificationType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert!(!kind.categories().is_empty());
        }
        assert_eq!("consent_revoked".parse::<NotificationType>(), Err(UnknownWord));
        assert_eq!("".parse::<NotificationCategory>(), Err(UnknownWord));
    }

    #[test]
    fn a_type_is_of_its_category_alone() {
        use NotificationCategory as Category;
        assert!(NotificationType::ConsentRevoked.is_of(Category::Consent));
        assert!(!NotificationType::ConsentRevoked.is_of(Category::NewData));
        assert!(!NotificationType::Balance.is_of(Category::Consent));
        assert!(
            Category::ALL
                .iter()
                .all(|category| NotificationType::Custom.is_of(*category))
        );
    }

    #[test]
    fn a_subscription_id_needs_no_encoding() {
        for good in ["a", "GUID-SubscriptionId1", "0~_.-z", &"a".repeat(64)] {
            assert!(good.parse::<SubscriptionId>().is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "a b",
            "a/b",
            "a%2fb",
            "\u{e9}",
            "a\0",
            &"a".repeat(65),
        ] {
            assert_eq!(bad.parse::<SubscriptionId>(), Err(InvalidId), "{bad}");
        }
    }
}
