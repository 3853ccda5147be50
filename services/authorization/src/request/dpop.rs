//! The key that the code will be redeemed with: named by `dpop_jkt`, proven beside a pushed request, or both and the
//! same (RFC9449-10, -10.1).

use http::{Code, OAuthError};

use super::{Asked, Draft};

pub(super) fn agrees(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let named = asked.parameters.text("dpop_jkt")?;
    // SHA-256 in base64url: what is anything else names no key, and a code bound to it would be redeemed by nobody.
    if named.is_some_and(|named| jose::from_base64url(named).is_none_or(|hash| hash.len() != 32)) {
        return Err(OAuthError::invalid_request("dpop_jkt is not a thumbprint"));
    }
    draft.dpop_jkt = match (named, asked.proven_key) {
        (Some(named), Some(proven)) if named != proven => {
            return Err(OAuthError::new(
                Code::InvalidDpopProof,
                "dpop_jkt is not the key of the proof",
            ));
        }
        (named, proven) => proven.or(named).map(str::to_owned),
    };
    Ok(())
}
