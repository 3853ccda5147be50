//! base64url without padding (RFC 7515 2), the only spelling a value may have: no padding, no white space, no stray
//! bits in the last character (J25).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `bytes` as base64url without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes that `text` encodes; `None` unless it is exactly what [`base64url`] would have written.
pub fn from_base64url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Appends the encoding of `bytes`.
pub(crate) fn append(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Exactly `N` bytes, or `None`.
pub(crate) fn exactly<const N: usize>(text: &str) -> Option<[u8; N]> {
    from_base64url(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j25_only_the_canonical_spelling_is_read() {
        assert_eq!(from_base64url("-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        for text in ["-_8=", "-_9", "+/8", "-_8\n", " -_8", "-_ 8", "-", "-_8\0"] {
            assert_eq!(from_base64url(text), None, "{text:?}");
        }
    }
}
