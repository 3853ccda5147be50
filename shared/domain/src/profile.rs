//! Profiles: each fixes together everything that must agree for a client. A client has exactly one.
//!
//! Nothing in the authorization server asks "is this FAPI 2?"; it asks the profile's rules.

use serde::{Deserialize, Serialize};

/// The security profile of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// FAPI 1.0 Advanced, final: signed request objects by value or pushed; hybrid or JARM.
    #[serde(rename = "fapi1-advanced")]
    Fapi1Advanced,
    /// FAPI 2.0 Security Profile, final: PAR, PKCE, `iss`; no signed messages.
    #[serde(rename = "fapi2-security")]
    Fapi2Security,
    /// FAPI 2.0 Message Signing, final: the above with signed requests, JARM if asked.
    #[serde(rename = "fapi2-message-signing")]
    Fapi2MessageSigning,
    /// OpenID Connect, basic: who the consumer is, and nothing of their accounts. A code in the query, client secrets,
    /// bearer tokens; what FAPI adds is welcome and not required.
    #[serde(rename = "openid-connect")]
    OpenIdConnect,
    /// The bank's own applications: client credentials for the two solution APIs.
    Solution,
}

/// Which `aud` a client assertion may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionAudience {
    /// The issuer, as one string and nothing else (FAPI2-SP-FINAL-5.3.2.1).
    IssuerOnly,
    /// The issuer, the token endpoint or the endpoint called (by either name); alone or in an array
    /// (RFC7523-3, RFC9126-2).
    IssuerOrEndpoint,
}

/// Whether authorization requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestObject {
    /// Only what is inside the signed object counts (FAPI1-ADV-5.2.2-1, FAPI2-MS-5.3.1).
    Required,
    /// Plain parameters pushed by the authenticated client; a signed object is welcome.
    Accepted,
}

/// Whether authorization requests are pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushing {
    /// Only pushed requests are taken (FAPI2-SP-FINAL-5.3.2.2-3).
    Required,
    /// A request in the URL is taken too: as a signed object, or plainly where none is required.
    Optional,
}

/// Whether an authorization request has a PKCE challenge (RFC 7636). One that is there is S256 and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    /// Of every request that is pushed (FAPI1-ADV-5.2.2-18, FAPI2-SP-FINAL-5.3.2.2-5).
    Pushed,
    /// Of none.
    Optional,
}

/// Which API the access tokens are for, their `aud`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The FDX APIs; with `openid` also userinfo.
    Fdx,
    /// Userinfo alone.
    Userinfo,
    /// The two solution APIs.
    Solution,
}

/// What the authorization response carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseType {
    /// `code`.
    #[serde(rename = "code")]
    Code,
    /// `code id_token`.
    #[serde(rename = "code id_token")]
    CodeIdToken,
}

/// How the authorization response travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseMode {
    /// Parameters in the query.
    Query,
    /// Parameters in the fragment.
    Fragment,
    /// One signed `response` (JARM); in the query, since the response type is `code`.
    Jwt,
}

/// Everything that a profile fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which `aud` a client assertion may carry.
    pub assertion_audience: AssertionAudience,
    /// Whether authorization requests are signed.
    pub request_object: RequestObject,
    /// Whether authorization requests are pushed.
    pub pushing: Pushing,
    /// The pairs of response type and mode that may be asked.
    pub responses: &'static [(ResponseType, ResponseMode)],
    /// Whether a request with `openid` must have a nonce, and one without it a state (FAPI1-BASE-5.2.2.2, -5.2.2.3).
    pub nonce_or_state_required: bool,
    /// Whether an authorization request has a PKCE challenge.
    pub pkce: Pkce,
    /// Whether an authorization request by a consumer is possible at all.
    pub serves_consumers: bool,
    /// Whether who is signed in and has agreed before is not asked again, and `prompt=none` can succeed. Only where no
    /// account data hangs on it (O23).
    pub remembers_consumers: bool,
    /// Which API the access tokens are for.
    pub audience: Audience,
    /// Whether every access token is bound to the client's certificate (or key).
    pub sender_constrained: bool,
    /// Whether a client may authenticate with a secret.
    pub secrets: bool,
    /// What a client may sign with: PS256 and ES256 (FAPI1-ADV-8.6), in FAPI 2.0 also EdDSA (FAPI2-SP-FINAL-5.4.1).
    pub client_algorithms: &'static [&'static str],
    /// Whether RS256 is an algorithm of client and server beside those of FAPI; it is then the one of id_tokens unless the
    /// client registers another (OIDC Registration 2).
    pub rs256: bool,
    /// Life of a code, seconds. FAPI2-SP-FINAL-5.3.2.1-11: at most 60.
    pub code_seconds: u32,
    /// Life of an access token, seconds. FDX allows at most 900.
    pub access_token_seconds: u32,
}

impl Profile {
    /// The rules of this profile.
    pub const fn rules(self) -> &'static Rules {
        match self {
            Self::Fapi1Advanced => &FAPI1_ADVANCED,
            Self::Fapi2Security => &FAPI2_SECURITY,
            Self::Fapi2MessageSigning => &FAPI2_MESSAGE_SIGNING,
            Self::OpenIdConnect => &OPENID_CONNECT,
            Self::Solution => &SOLUTION,
        }
    }

    /// The name in registrations and rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fapi1Advanced => "fapi1-advanced",
            Self::Fapi2Security => "fapi2-security",
            Self::Fapi2MessageSigning => "fapi2-message-signing",
            Self::OpenIdConnect => "openid-connect",
            Self::Solution => "solution",
        }
    }
}

const FAPI1_ADVANCED: Rules = Rules {
    client_algorithms: &["PS256", "ES256"],
    assertion_audience: AssertionAudience::IssuerOrEndpoint,
    request_object: RequestObject::Required,
    pushing: Pushing::Optional,
    // FAPI1-ADV-5.2.2-2: `code id_token`, or `code` with `response_mode=jwt`; never a bare code.
    responses: &[
        (ResponseType::CodeIdToken, ResponseMode::Fragment),
        (ResponseType::Code, ResponseMode::Jwt),
    ],
    nonce_or_state_required: true,
    pkce: Pkce::Pushed,
    serves_consumers: true,
    remembers_consumers: false,
    audience: Audience::Fdx,
    sender_constrained: true,
    secrets: false,
    rs256: false,
    code_seconds: 60,
    access_token_seconds: 300,
};

const FAPI2_SECURITY: Rules = Rules {
    client_algorithms: &["PS256", "ES256", "EdDSA"],
    assertion_audience: AssertionAudience::IssuerOnly,
    request_object: RequestObject::Accepted,
    pushing: Pushing::Required,
    responses: &[
        (ResponseType::Code, ResponseMode::Query),
        (ResponseType::Code, ResponseMode::Jwt),
    ],
    nonce_or_state_required: false,
    pkce: Pkce::Pushed,
    serves_consumers: true,
    remembers_consumers: false,
    audience: Audience::Fdx,
    sender_constrained: true,
    secrets: false,
    rs256: false,
    code_seconds: 60,
    access_token_seconds: 300,
};

const FAPI2_MESSAGE_SIGNING: Rules = Rules {
    request_object: RequestObject::Required,
    ..FAPI2_SECURITY
};

const OPENID_CONNECT: Rules = Rules {
    client_algorithms: &["PS256", "ES256", "EdDSA", "RS256"],
    assertion_audience: AssertionAudience::IssuerOrEndpoint,
    // With nothing pushed and nothing signed the parameters stand in the URL (OIDC Core 3.1.2.1).
    pushing: Pushing::Optional,
    pkce: Pkce::Optional,
    remembers_consumers: true,
    audience: Audience::Userinfo,
    sender_constrained: false,
    secrets: true,
    rs256: true,
    ..FAPI2_SECURITY
};

const SOLUTION: Rules = Rules {
    responses: &[],
    serves_consumers: false,
    audience: Audience::Solution,
    sender_constrained: false,
    secrets: true,
    assertion_audience: AssertionAudience::IssuerOrEndpoint,
    ..FAPI2_SECURITY
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_profile_outlives_its_standard() {
        for profile in [
            Profile::Fapi1Advanced,
            Profile::Fapi2Security,
            Profile::Fapi2MessageSigning,
            Profile::OpenIdConnect,
            Profile::Solution,
        ] {
            assert!(profile.rules().code_seconds <= 60);
            assert!(profile.rules().access_token_seconds <= 900);
            assert_eq!(serde_json::to_value(profile).unwrap(), profile.as_str());
        }
    }

    #[test]
    fn o23_nobody_is_remembered_where_account_data_is_at_stake() {
        for profile in [
            Profile::Fapi1Advanced,
            Profile::Fapi2Security,
            Profile::Fapi2MessageSigning,
        ] {
            let rules = profile.rules();
            assert!(rules.sender_constrained && !rules.remembers_consumers && !rules.rs256 && !rules.secrets);
        }
        assert_eq!(Profile::OpenIdConnect.rules().audience, Audience::Userinfo);
    }

    #[test]
    fn fapi_1_never_answers_with_a_bare_code() {
        let bare = [
            (ResponseType::Code, ResponseMode::Query),
            (ResponseType::Code, ResponseMode::Fragment),
        ];
        assert!(
            !Profile::Fapi1Advanced
                .rules()
                .responses
                .iter()
                .any(|pair| bare.contains(pair))
        );
    }
}
