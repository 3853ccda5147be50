//! Who subscribes, as the recipient describes itself (FDX `Party`).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::consent::PartyType;

/// FDX `Party` in a subscription. The recipient's own text: it comes back to the recipient alone, in the subscription and
/// in each notification. Its URLs are never fetched (S03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SubscriberParty)]
pub struct Subscriber {
    /// The name that consumers know. 1 to 256 characters.
    #[schema(min_length = 1, max_length = 256)]
    pub name: String,
    /// DATA_RECIPIENT, or DATA_ACCESS_PLATFORM for one that acts for recipients.
    pub r#type: PartyType,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub home_uri: Option<Url>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub logo_uri: Option<Url>,
    /// Where its legal entity is registered: FDX, GLEIF, ICANN or PRIVATE.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub registry: Option<Registry>,
    /// The legal entity's name there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub registered_entity_name: Option<String>,
    /// The legal entity's id there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub registered_entity_id: Option<String>,
}

/// FDX `PartyRegistry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = PartyRegistry)]
pub enum Registry {
    /// The FDX registry.
    Fdx,
    /// The Global Legal Entity Identifier Foundation.
    Gleif,
    /// Domain names.
    Icann,
    /// One of its own.
    Private,
}

/// A subscriber that is refused, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSubscriber {
    /// A text that is empty, too long or unprintable.
    #[error("the texts of subscriber must be 1 to 256 printable characters")]
    Text,
    /// Not a party that can subscribe.
    #[error("subscriber.type must be DATA_RECIPIENT or DATA_ACCESS_PLATFORM")]
    Type,
}

impl Subscriber {
    /// Refuses what cannot be a subscriber.
    ///
    /// # Errors
    /// [`InvalidSubscriber`] for the first thing that is wrong.
    pub fn validate(&self) -> Result<(), InvalidSubscriber> {
        let texts = [
            Some(self.name.as_str()),
            self.home_uri.as_ref().map(Url::as_str),
            self.logo_uri.as_ref().map(Url::as_str),
            self.registered_entity_name.as_deref(),
            self.registered_entity_id.as_deref(),
        ];
        let fits = |text: &str| {
            (1..=256).contains(&text.chars().take(257).count()) && !text.chars().any(char::is_control)
        };
        if !texts.into_iter().flatten().all(fits) {
            return Err(InvalidSubscriber::Text);
        }
        match self.r#type {
            PartyType::DataRecipient | PartyType::DataAccessPlatform => Ok(()),
            PartyType::DataProvider | PartyType::Individual | PartyType::Merchant | PartyType::Vendor => {
                Err(InvalidSubscriber::Type)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subscriber(change: serde_json::Value) -> Result<Subscriber, serde_json::Error> {
        let mut party = json!({"name": "Budget", "type": "DATA_RECIPIENT"});
        party
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        serde_json::from_value(party)
    }

    #[test]
    fn a_recipient_subscribes_and_nobody_else() {
        let full = json!({"homeUri": "https://budget.example/", "registry": "GLEIF", "registeredEntityName": "Budget Inc.",
            "registeredEntityId": "5493"});
        assert_eq!(subscriber(full).unwrap().validate(), Ok(()));
        assert_eq!(
            subscriber(json!({"type": "DATA_PROVIDER"})).unwrap().validate(),
            Err(InvalidSubscriber::Type)
        );
        for bad in [
            json!({"name": ""}),
            json!({"name": "a\nb"}),
            json!({"registeredEntityId": "a".repeat(257)}),
        ] {
            assert_eq!(subscriber(bad).unwrap().validate(), Err(InvalidSubscriber::Text));
        }
        assert!(subscriber(json!({"secret": 1})).is_err());
        assert!(subscriber(json!({"homeUri": "no address"})).is_err());
    }
}
