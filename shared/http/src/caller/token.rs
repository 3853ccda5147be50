//! An access token of ours, its signature and claims proven. Whether its row and grant still stand is another matter:
//! `lifecycle::admit`.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use domain::{AccountId, ClientId, ConsentId, Instant, Scope, Scopes, TokenId};
use jose::{Claims, TimeRules};
use store::standing::TokenRef;

use super::Binding;
use crate::{
    App, Code, FdxError, client_certificate,
    dpop::{self, DpopError},
    limits,
};

/// The claims of a proven token.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// Its `jti`.
    pub id: TokenId,
    /// Its `iat`, whole seconds.
    pub issued_at: Instant,
    /// Whom it was issued to.
    pub client_id: ClientId,
    /// Its grant (`fdxConsentId`); none when its client got it for itself.
    pub consent_id: Option<ConsentId>,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The only accounts of its grant that it opens, when it was narrowed to some (RFC9396-6); all when absent.
    pub accounts: Option<Vec<AccountId>>,
    /// Whose it is (`cnf`).
    pub binding: Option<Binding>,
}

impl AccessToken {
    /// The token of a request to an API of that audience.
    ///
    /// # Errors
    /// 401 when there is none, or it is not ours, not for this audience, expired or not bound to the sender.
    pub(super) async fn of(
        app: &App,
        request: &HttpRequest,
        audience: &str,
        now: Instant,
    ) -> Result<Self, FdxError> {
        let presented = Presented::of(request)?;
        Self::proven(app, request, &presented, &[audience], now).await
    }

    /// The same for a request that may carry the token in its form (RFC6750-2.2), to an API of any of these audiences.
    ///
    /// # Errors
    /// As [`Self::of`]; 400 when the token is in both places.
    pub(super) async fn of_form(
        app: &App,
        request: &HttpRequest,
        in_form: Option<&str>,
        audiences: &[&str],
        now: Instant,
    ) -> Result<Self, FdxError> {
        let presented = match in_form {
            Some(_) if request.headers().contains_key(AUTHORIZATION) => {
                return Err(FdxError::new(Code::InvalidInput));
            }
            Some(token) if token.len() > limits::TOKEN_BYTES => return Err(invalid()),
            // A form is a way for bearers: a key-bound token in it is refused by its scheme (RFC9449-7.1).
            Some(token) => Presented {
                scheme: "Bearer",
                token,
            },
            None => Presented::of(request)?,
        };
        Self::proven(app, request, &presented, audiences, now).await
    }

    async fn proven(
        app: &App,
        request: &HttpRequest,
        presented: &Presented<'_>,
        audiences: &[&str],
        now: Instant,
    ) -> Result<Self, FdxError> {
        let claims = app
            .keys
            .verify_access_token(presented.token, now)
            .map_err(|_| invalid())?;
        let token = Self::from_claims(app, &claims, audiences, now).ok_or_else(invalid)?;
        token.check_binding(app, request, presented, now).await?;
        Ok(token)
    }

    /// Reads the claims that we write (RFC9068-2.2).
    fn from_claims(app: &App, claims: &Claims, audiences: &[&str], now: Instant) -> Option<Self> {
        claims.check_times(now, TimeRules::ACCESS_TOKEN).ok()?;
        let ours = claims.required_str("iss").ok()? == app.endpoints.issuer;
        let here = claims.audience().ok()?.iter().any(|aud| audiences.contains(aud));
        if !ours || !here {
            return None;
        }
        let consent_id = match claims.str("fdxConsentId").ok()? {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        Some(Self {
            id: claims.required_str("jti").ok()?.parse().ok()?,
            issued_at: claims.instant("iat").ok()??,
            client_id: claims.required_str("client_id").ok()?.parse().ok()?,
            consent_id,
            scopes: Scopes::parse(claims.str("scope").ok()?.unwrap_or_default()).ok()?,
            accounts: accounts(claims)?,
            binding: Binding::of(claims),
        })
    }

    /// Whether it opens that account, if its grant does.
    pub fn opens(&self, account_id: &AccountId) -> bool {
        self.accounts
            .as_ref()
            .is_none_or(|accounts| accounts.contains(account_id))
    }

    /// M10: a bound token counts only with the proof of what it is bound to: the certificate of the connection
    /// (RFC8705-3), or a proof of the key for this request and this token (RFC9449-7.1).
    async fn check_binding(
        &self,
        app: &App,
        request: &HttpRequest,
        presented: &Presented<'_>,
        now: Instant,
    ) -> Result<(), FdxError> {
        // C11: the scheme is that of the token's type; a key-bound token is not a bearer's (RFC9449-7.2).
        if !presented
            .scheme
            .eq_ignore_ascii_case(Binding::token_type(self.binding.as_ref()))
        {
            return Err(invalid());
        }
        match &self.binding {
            None => Ok(()),
            Some(Binding::Certificate(bound_to)) => {
                match client_certificate(app, request).map_err(|_| invalid())? {
                    Some(certificate) if certificate.thumbprint().as_str() == bound_to => Ok(()),
                    _ => Err(invalid()),
                }
            }
            Some(Binding::Key(bound_to)) => match dpop::prove(app, request, Some(presented.token), now).await
            {
                Ok(Some(key)) if key.thumbprint() == bound_to => Ok(()),
                Ok(_) | Err(DpopError::Invalid) => Err(FdxError::invalid_dpop_proof()),
                Err(DpopError::UseNonce) => Err(FdxError::use_dpop_nonce()),
                Err(DpopError::Store(error)) => Err(error.into()),
            },
        }
    }

    /// Which token, for the store.
    pub fn reference(&self) -> TokenRef {
        TokenRef {
            token_id: self.id,
            issued_at: self.issued_at,
        }
    }

    /// That the token carries a scope.
    ///
    /// # Errors
    /// 403 with `insufficient_scope`.
    pub fn require(&self, scope: Scope) -> Result<(), FdxError> {
        if self.scopes.contains(scope) {
            Ok(())
        } else {
            Err(FdxError::insufficient_scope())
        }
    }
}

/// The accounts that the token was narrowed to. What does not read there is no token of ours.
fn accounts(claims: &Claims) -> Option<Option<Vec<AccountId>>> {
    match claims.get("fdxAccounts") {
        None => Some(None),
        Some(accounts) => {
            let text = |account: &serde_json::Value| account.as_str()?.parse().ok();
            accounts
                .as_array()?
                .iter()
                .map(text)
                .collect::<Option<_>>()
                .map(Some)
        }
    }
}

fn invalid() -> FdxError {
    Code::AuthenticationFailed.into()
}

/// What the Authorization header holds.
struct Presented<'a> {
    scheme: &'a str,
    token: &'a str,
}

impl<'a> Presented<'a> {
    /// From the one Authorization header (C10). A token anywhere else, the query above all, is not looked at.
    fn of(request: &'a HttpRequest) -> Result<Self, FdxError> {
        let mut headers = request.headers().get_all(AUTHORIZATION);
        let header = headers.next().ok_or(FdxError::no_token())?;
        if headers.next().is_some() || header.len() > limits::TOKEN_BYTES {
            return Err(invalid());
        }
        let (scheme, token) = header
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .ok_or_else(invalid)?;
        let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
        if known && !token.is_empty() && !token.contains(' ') {
            Ok(Self { scheme, token })
        } else {
            Err(invalid())
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn c10_c11_only_one_well_formed_header_counts() {
        let token = |value: &str| {
            let request = TestRequest::default()
                .insert_header((AUTHORIZATION, value))
                .to_http_request();
            Presented::of(&request)
                .map(|presented| presented.token.to_owned())
                .ok()
        };
        assert_eq!(token("bEaReR abc"), Some("abc".into()));
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  abc",
            "Bearer a b",
            "Bearer\tabc",
            "Basic abc",
        ] {
            assert_eq!(token(bad), None, "{bad}");
        }
        assert_eq!(token(&format!("Bearer {}", "a".repeat(65_536))), None);
        let twice = TestRequest::default()
            .append_header((AUTHORIZATION, "Bearer a"))
            .append_header((AUTHORIZATION, "Bearer a"))
            .to_http_request();
        assert!(Presented::of(&twice).is_err());
    }
}
