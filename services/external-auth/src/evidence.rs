//! Signed evidence of a decision: a JWS that the bank wants kept with the grant.
//!
//! It is the bank's own: who signed it, with which key, is theirs to prove one day. What is looked at is that it is a JWS,
//! so that nobody finds out on that day that it never was one. It is kept letter for letter, and its hash stands in history.

use jose::from_base64url;

use crate::error::Refusal;

/// Longest one, characters.
const LONGEST: usize = 16 * 1024;

/// A compact JWS (RFC7515-7.1) with a signature, as it came.
///
/// # Errors
/// [`Refusal::Input`].
pub(crate) fn parse(text: String) -> Result<String, Refusal> {
    if is_compact_jws(&text) {
        Ok(text)
    } else {
        Err(Refusal::Input(
            "signedEvidence is not a signed compact JWS of at most 16 KiB",
        ))
    }
}

fn is_compact_jws(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let decoded = |part: &str| from_base64url(part).filter(|bytes| !bytes.is_empty());
    let is_signed = decoded(header)
        .and_then(|header| jose::json::parse_object(&header, LONGEST).ok())
        .and_then(|header| {
            header
                .get("alg")
                .and_then(|alg| alg.as_str().map(|alg| alg != "none"))
        })
        .unwrap_or(false);
    is_signed && decoded(payload).is_some() && decoded(signature).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(header: &str, payload: &str, signature: &str) -> String {
        let part = |text: &str| jose::base64url(text.as_bytes());
        format!("{}.{}.{}", part(header), part(payload), part(signature))
    }

    #[test]
    fn a_signed_jws_is_kept_as_it_came() {
        let jws = with(r#"{"alg":"RS256","x5t#S256":"abc"}"#, "anything", "signature");
        assert_eq!(parse(jws.clone()).unwrap(), jws);
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            String::new(),
            "a.b.c".into(),
            with(r#"{"alg":"none"}"#, "{}", "s"),
            with(r#"{"alg":"PS256"}"#, "{}", ""),
            with("{}", "{}", "s"),
            with(r#"{"alg":"PS256"}"#, "{}", "s") + ".more",
            with(r#"{"alg":"PS256"}"#, &"x".repeat(LONGEST), "s"),
        ] {
            assert!(parse(text.clone()).is_err(), "{text:.80}");
        }
    }
}
