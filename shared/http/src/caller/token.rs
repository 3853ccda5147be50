//! An access token of ours, its signature and claims proven. Whether its row and grant still stand is another matter:
//! `lifecycle::admit`.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use domain::{ClientId, ConsentId, Instant, Scope, Scopes, TokenId};
use jose::{Claims, TimeRules};
use store::standing::TokenRef;

use crate::{App, Code, FdxError, client_certificate, limits};

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
    /// `cnf.x5t#S256`.
    pub thumbprint: Option<String>,
}

impl AccessToken {
    /// The token of a request to an API of that audience.
    ///
    /// # Errors
    /// 401 when there is none, or it is not ours, not for this audience, expired or bound to another certificate.
    pub(super) fn of(
        app: &App,
        request: &HttpRequest,
        audience: &str,
        now: Instant,
    ) -> Result<Self, FdxError> {
        let text = bearer(request)?;
        let claims = app.keys.verify_access_token(text, now).map_err(|_| invalid())?;
        let token = Self::from_claims(app, &claims, audience, now).ok_or_else(invalid)?;
        token.check_binding(app, request)?;
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
        let thumbprint = claims
            .get("cnf")
            .and_then(|cnf| cnf.get("x5t#S256"))
            .and_then(|thumbprint| thumbprint.as_str())
            .map(str::to_owned);
        Some(Self {
            id: claims.required_str("jti").ok()?.parse().ok()?,
            issued_at: claims.instant("iat").ok()??,
            client_id: claims.required_str("client_id").ok()?.parse().ok()?,
            consent_id,
            scopes: Scopes::parse(claims.str("scope").ok()?.unwrap_or_default()).ok()?,
            thumbprint,
        })
    }

    /// M10: a bound token counts only on a connection that proved the certificate it is bound to (RFC8705-3).
    fn check_binding(&self, app: &App, request: &HttpRequest) -> Result<(), FdxError> {
        let Some(bound_to) = &self.thumbprint else {
            return Ok(());
        };
        let certificate = client_certificate(app, request).map_err(|_| invalid())?;
        match certificate {
            Some(certificate) if certificate.thumbprint().as_str() == bound_to => Ok(()),
            _ => Err(invalid()),
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

/// The token of the one Authorization header (C10, C11). A token anywhere else, the query above all, is not looked at.
fn bearer(request: &HttpRequest) -> Result<&str, FdxError> {
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
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ') {
        Ok(token)
    } else {
        Err(invalid())
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
            bearer(&request).map(str::to_owned).ok()
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
            "DPoP abc",
        ] {
            assert_eq!(token(bad), None, "{bad}");
        }
        assert_eq!(token(&format!("Bearer {}", "a".repeat(65_536))), None);
        let twice = TestRequest::default()
            .append_header((AUTHORIZATION, "Bearer a"))
            .append_header((AUTHORIZATION, "Bearer a"))
            .to_http_request();
        assert!(bearer(&twice).is_err());
    }
}
