//! The encodings that the forms share, each read in one way only.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::ForwardedError;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Characters of one line of PEM (RFC7468-2).
const LINE: usize = 64;

/// Padded base64 without anything between.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, ForwardedError> {
    STANDARD
        .decode(text)
        .ok()
        .filter(|der| !der.is_empty())
        .ok_or(ForwardedError::Malformed)
}

/// Undoes percent-encoding. What is not encoded stands for itself, `+` too.
pub(super) fn percent(text: &str) -> Result<String, ForwardedError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or(ForwardedError::Malformed)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(ForwardedError::Malformed);
        }
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| ForwardedError::Malformed)?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).map_err(|_| ForwardedError::Malformed)
}

/// The certificates of a PEM text that holds nothing else: no word before, between or after, no carriage
/// return, no headers.
pub(super) fn pem(text: &str) -> Result<Vec<Vec<u8>>, ForwardedError> {
    let mut certificates = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let body = rest.strip_prefix(BEGIN).and_then(|rest| rest.strip_prefix('\n'));
        let (body, after) = body
            .and_then(|body| body.split_once(END))
            .ok_or(ForwardedError::Malformed)?;
        certificates.push(body_of(body)?);
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    Ok(certificates)
}

fn body_of(body: &str) -> Result<Vec<u8>, ForwardedError> {
    let lines = body.strip_suffix('\n').ok_or(ForwardedError::Malformed)?;
    if lines.split('\n').any(|line| line.is_empty() || line.len() > LINE) {
        return Err(ForwardedError::Malformed);
    }
    base64(&lines.replace('\n', ""))
}

/// The one certificate of a PEM text.
pub(super) fn one_pem(text: &str) -> Result<Vec<u8>, ForwardedError> {
    let mut certificates = pem(text)?.into_iter();
    match (certificates.next(), certificates.next()) {
        (Some(der), None) => Ok(der),
        (Some(_), Some(_)) => Err(ForwardedError::Twice),
        (None, _) => Err(ForwardedError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m02_percent_encoding_has_one_reading() {
        assert_eq!(percent("a%20b%0A+").as_deref(), Ok("a b\n+"));
        for text in ["%", "%4", "%zz", "%+1", "% 1", "%ff", "a%"] {
            assert_eq!(percent(text), Err(ForwardedError::Malformed), "{text}");
        }
        // Encoded twice stays encoded once, and is no PEM.
        assert_eq!(percent("%250A").as_deref(), Ok("%0A"));
    }

    #[test]
    fn m02_pem_is_one_block_and_nothing_else() {
        let block = format!("{BEGIN}\nAAEC\n{END}\n");
        assert_eq!(one_pem(&block), Ok(vec![0, 1, 2]));
        assert_eq!(one_pem(block.trim_end()), Ok(vec![0, 1, 2]));
        assert_eq!(one_pem(&block.repeat(2)), Err(ForwardedError::Twice));
        for text in [
            String::new(),
            format!("x{block}"),
            format!("\n{block}"),
            format!("{block}\n"),
            format!("{block}x"),
            block.replace('\n', "\r\n"),
            block.replace('\n', ""),
            block.replace("AAEC", "AA EC"),
            block.replace("AAEC", "AAEC\n\n"),
            block.replace("AAEC", "Proc-Type: 4,ENCRYPTED\n\nAAEC"),
            block.replace("AAEC", "AAE"),
            block.replace("AAEC", "AB=="),
            block.replace("AAEC", &"AAEC".repeat(17)),
            block.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        ] {
            assert_eq!(one_pem(&text), Err(ForwardedError::Malformed), "{text:?}");
        }
    }
}
