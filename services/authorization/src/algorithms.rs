//! Which signature algorithm is whose: a profile permits some, a registration may name one of them (FAPI1-ADV-8.6,
//! FAPI2-SP-FINAL-5.4.1). A header decides nothing.

use domain::{Client, Profile};
use jose::Algorithm;

/// The algorithms that the client may have signed something with. `registered` is the one that it named for it.
pub(crate) fn of_client(client: &Client, registered: Option<&str>) -> &'static [Algorithm] {
    let permitted = match client.profile() {
        Profile::Fapi1Advanced => Algorithm::FAPI_1,
        Profile::Fapi2Security | Profile::Fapi2MessageSigning | Profile::Solution => Algorithm::FAPI,
        Profile::OpenIdConnect => Algorithm::OPENID,
    };
    match registered.map(Algorithm::from_name) {
        None => permitted,
        Some(Some(one)) => match permitted.iter().position(|permitted| *permitted == one) {
            Some(at) => permitted.get(at..=at).unwrap_or_default(),
            None => &[],
        },
        Some(None) => &[],
    }
}

/// The algorithm of something that we sign for the client: the one that it registered for it, or that of its profile.
pub(crate) fn of_ours(client: &Client, registered: Option<&str>) -> Algorithm {
    let usual = if client.profile().rules().rs256 {
        Algorithm::Rs256
    } else {
        Algorithm::Es256
    };
    registered.and_then(Algorithm::from_name).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use domain::ClientStatus;
    use serde_json::json;

    use super::*;

    fn client(profile: &str) -> Client {
        let metadata = json!({
            "client_name": "Budget", "profile": profile, "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": []}, "redirect_uris": [], "scope": "openid",
        });
        Client {
            client_id: "budget".parse().unwrap(),
            version: 1,
            status: ClientStatus::Approved,
            metadata: serde_json::from_value(metadata).unwrap(),
            secret_hash: None,
        }
    }

    /// What is registered and what is verified are one list.
    #[test]
    fn a_profile_verifies_what_it_lets_register() {
        for profile in [
            "fapi1-advanced",
            "fapi2-security",
            "fapi2-message-signing",
            "openid-connect",
            "solution",
        ] {
            let client = client(profile);
            let verified = of_client(&client, None)
                .iter()
                .map(|algorithm| algorithm.as_str());
            assert!(
                verified.eq(client.profile().rules().client_algorithms.iter().copied()),
                "{profile}"
            );
        }
    }

    #[test]
    fn rs256_is_openids_alone() {
        let (fapi, openid) = (client("fapi2-security"), client("openid-connect"));
        assert!(!of_client(&fapi, None).contains(&Algorithm::Rs256));
        assert!(of_client(&openid, None).contains(&Algorithm::Rs256));
        assert_eq!(of_client(&client("fapi1-advanced"), Some("EdDSA")), []);
        assert_eq!(of_client(&fapi, Some("EdDSA")), [Algorithm::EdDsa]);
        assert_eq!(of_client(&fapi, Some("RS256")), []);
        assert_eq!(of_client(&openid, Some("RS256")), [Algorithm::Rs256]);
        assert_eq!(of_client(&openid, Some("PS256")), [Algorithm::Ps256]);
        assert_eq!(of_client(&openid, Some("HS256")), []);
        assert_eq!(of_ours(&fapi, None), Algorithm::Es256);
        assert_eq!(of_ours(&openid, None), Algorithm::Rs256);
        assert_eq!(of_ours(&openid, Some("ES256")), Algorithm::Es256);
    }
}
