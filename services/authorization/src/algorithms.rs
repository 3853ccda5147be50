//! Which signature algorithm is whose: a profile permits some, a registration may name one of them (FAPI1-ADV-8.6,
//! FAPI2-SP-FINAL-5.4.1). A header decides nothing.

use domain::Client;
use jose::Algorithm;

/// The algorithms that the client may have signed something with. `registered` is the one that it named for it.
pub(crate) fn of_client(client: &Client, registered: Option<&str>) -> &'static [Algorithm] {
    let permitted = if client.profile().rules().rs256 {
        Algorithm::OPENID
    } else {
        Algorithm::FAPI
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

    #[test]
    fn rs256_is_openids_alone() {
        let (fapi, openid) = (client("fapi2-security"), client("openid-connect"));
        assert!(!of_client(&fapi, None).contains(&Algorithm::Rs256));
        assert!(of_client(&openid, None).contains(&Algorithm::Rs256));
        assert_eq!(of_client(&fapi, Some("RS256")), []);
        assert_eq!(of_client(&openid, Some("RS256")), [Algorithm::Rs256]);
        assert_eq!(of_client(&openid, Some("PS256")), [Algorithm::Ps256]);
        assert_eq!(of_client(&openid, Some("HS256")), []);
        assert_eq!(of_ours(&fapi, None), Algorithm::Es256);
        assert_eq!(of_ours(&openid, None), Algorithm::Rs256);
        assert_eq!(of_ours(&openid, Some("ES256")), Algorithm::Es256);
    }
}
