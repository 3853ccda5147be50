//! An access token of ours, its signature and claims proven. Whether its row and grant still stand is another matter:
//! `lifecycle::admit`.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use domain::{ClientId, ConsentId, Instant, Scope, Scopes, TokenId};
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
        let claims = app
            .keys
            .verify_access_token(presented.token, now)
            .map_err(|_| invalid())?;
        let token = Self::from_claims(app, &claims, audience, now).ok_or_else(invalid)?;
        token.check_binding(app, request, &presented, now).await?;
        Ok(token)
    }

    /// Reads the claims that we write (RFC9068-2.2).
    fn from_claims(app: &App, claims: &Claims, audience: &str, now: Instant) -> Option<Self> {
        claims.check_times(now, TimeRules::ACCESS_TOKEN).ok()?;
        let ours = claims.required_str("iss").ok()? == app.endpoints.issuer;
        let here = claims.audience().ok()?.contains(&audience);
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
            binding: Binding::of(claims),
        })
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
