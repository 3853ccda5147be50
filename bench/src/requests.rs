//! What is sent: token requests, each with an assertion of its own that was signed before the clock runs, and reads.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use domain::{Instant, Random};
use jose::SigningKey;
use serde_json::json;

use crate::failure::{Failure, While as _};

/// Requests in the order in which they are sent.
pub(crate) enum Requests {
    /// The same one again and again.
    Same(Vec<u8>),
    /// Each once.
    Each(Vec<Vec<u8>>),
}

impl Requests {
    /// The request of that number, from 0.
    ///
    /// # Errors
    /// When there are fewer.
    pub(crate) fn nth(&self, number: usize) -> Result<&[u8], Failure> {
        match self {
            Self::Same(request) => Ok(request),
            Self::Each(requests) => requests
                .get(number)
                .map(Vec::as_slice)
                .ok_or_else(|| Failure::new("too few requests were prepared")),
        }
    }
}

/// A client that proves itself by assertions.
pub(crate) struct Client {
    /// Its id.
    pub(crate) client_id: String,
    /// What it signs with.
    pub(crate) key: SigningKey,
    /// The audience of its assertions.
    pub(crate) issuer: String,
}

impl Client {
    /// Signs that many assertions, each with a jti of its own, good for half an hour.
    ///
    /// # Errors
    /// When the cryptography library fails.
    pub(crate) fn assertions(
        &self,
        number: usize,
        now: Instant,
        random: &dyn Random,
    ) -> Result<Vec<String>, Failure> {
        let mut bytes = [0; 12];
        random.fill(&mut bytes);
        let unique = URL_SAFE_NO_PAD.encode(bytes);
        let sign = |number| {
            let claims = json!({
                "iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "jti": format!("{unique}-{number}"),
                "iat": now.timestamp(), "exp": (now + Duration::minutes(30)).timestamp(),
            });
            self.key.sign("JWT", &claims).during("signing an assertion")
        };
        (0..number).map(sign).collect()
    }
}

const GRANT: &str = "grant_type=client_credentials&scope=fdx%3Aaccountbasic%3Aread";

/// Token requests by client credentials to the handler at `path`.
pub(crate) fn tokens(port: u16, path: &str, assertions: &[String]) -> Requests {
    let request = |assertion: &String| post(port, path, &format!("{GRANT}&{}", proof(assertion)));
    Requests::Each(assertions.iter().map(request).collect())
}

/// The same, of a client that the certificate of its connection proves.
pub(crate) fn tokens_by_certificate(port: u16, path: &str, client_id: &str) -> Requests {
    Requests::Same(post(port, path, &format!("{GRANT}&client_id={client_id}")))
}

/// The parameters by which a client proves itself.
pub(crate) fn proof(assertion: &str) -> String {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    format!("client_assertion_type={kind}&client_assertion={assertion}")
}

/// A form, posted.
pub(crate) fn post(port: u16, path: &str, form: &str) -> Vec<u8> {
    let length = form.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\naccept: application/json\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

/// A read under a token. The id of the exchange is the recipient's, as FDX asks of it.
pub(crate) fn read(port: u16, path: &str, token: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\naccept: application/json\r\n\
         x-fapi-interaction-id: c770aef3-6784-41f7-8e0e-ff5f97bddb3a\r\nauthorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes()
}

/// A plain request to the operations listener.
pub(crate) fn operations(port: u16, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").into_bytes()
}
