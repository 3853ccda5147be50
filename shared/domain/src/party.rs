//! Who takes part in a grant, as consumers and recipients are told (FDX `Party`).

use serde::Serialize;

use crate::{
    client::{ClientMetadata, Intermediary, RegistryReference},
    consent::PartyType,
};

/// One party (FDX `Party`, `ConsentGrantParty`). From the client's registration, so the text is the client's own:
/// escape it where it is shown (L13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// The name that consumers know.
    pub name: String,
    /// What it is in the grant.
    pub r#type: PartyType,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_uri: Option<String>,
    /// Its logo. Never fetched by us (S03).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Where its legal entity is registered: FDX, GLEIF, ICANN or PRIVATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The legal entity's name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_entity_name: Option<String>,
    /// The legal entity's id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_entity_id: Option<String>,
}

impl Party {
    /// The recipient that this client is.
    pub fn recipient(metadata: &ClientMetadata) -> Self {
        Self::new(
            &metadata.client_name,
            PartyType::DataRecipient,
            metadata.client_uri.as_ref().map(ToString::to_string),
            metadata.logo_uri.as_ref().map(ToString::to_string),
            &metadata.registry_references,
        )
    }

    /// Everybody who stands between that recipient and the bank, in the order of its registration.
    pub fn intermediaries(metadata: &ClientMetadata) -> Vec<Self> {
        metadata.intermediaries.iter().map(Self::intermediary).collect()
    }

    fn intermediary(intermediary: &Intermediary) -> Self {
        Self::new(
            &intermediary.name,
            PartyType::DataAccessPlatform,
            intermediary.uri.as_ref().map(ToString::to_string),
            intermediary.logo_uri.as_ref().map(ToString::to_string),
            &intermediary.registry_references,
        )
    }

    fn new(
        name: &str,
        r#type: PartyType,
        home_uri: Option<String>,
        logo_uri: Option<String>,
        references: &[RegistryReference],
    ) -> Self {
        let entity = references.first();
        Self {
            name: name.to_owned(),
            r#type,
            home_uri,
            logo_uri,
            registry: entity.map(|entity| entity.registry.clone()),
            registered_entity_name: entity.map(|entity| entity.registered_entity_name.clone()),
            registered_entity_id: entity.map(|entity| entity.registered_entity_id.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_registration_names_its_parties() {
        let metadata: ClientMetadata = serde_json::from_value(json!({
            "client_name": "Fintrack", "profile": "fapi2-security", "token_endpoint_auth_method": "private_key_jwt",
            "scope": "openid", "client_uri": "https://fintrack.example/",
            "registry_references": [{"registered_entity_name": "Fintrack Inc.", "registered_entity_id": "5493",
                "registry": "GLEIF"}],
            "intermediaries": [{"name": "Pipes"}],
        }))
        .unwrap();
        assert_eq!(
            serde_json::to_value(Party::recipient(&metadata)).unwrap(),
            json!({"name": "Fintrack", "type": "DATA_RECIPIENT", "homeUri": "https://fintrack.example/",
                "registry": "GLEIF", "registeredEntityName": "Fintrack Inc.", "registeredEntityId": "5493"})
        );
        assert_eq!(
            serde_json::to_value(Party::intermediaries(&metadata)).unwrap(),
            json!([{"name": "Pipes", "type": "DATA_ACCESS_PLATFORM"}])
        );
    }
}
