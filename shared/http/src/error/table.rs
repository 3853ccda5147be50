//! The table: what each code is on the FDX APIs, in OAuth, and as a status.

use actix_web::http::StatusCode;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident => $fdx:literal, $oauth:literal, $status:ident, $message:literal;)*) => {
        /// Everything that an endpoint may refuse with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// FDX `code`; "-" when it never leaves an FDX endpoint.
            pub const fn fdx(self) -> &'static str {
                match self { $(Self::$name => $fdx),* }
            }
            /// OAuth `error`; "-" when it never leaves an OAuth endpoint.
            pub const fn oauth(self) -> &'static str {
                match self { $(Self::$name => $oauth),* }
            }
            /// The status on an FDX endpoint, and on an OAuth endpoint that answers directly.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }
            /// What a person may read.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message),* }
            }
        }
    };
}

error_codes! {
    // variant              FDX     OAuth                            HTTP                   message
    /// A header, parameter or body that is not what it should be.
    InvalidInput         => "401",  "-", BAD_REQUEST,           "The request is not valid";
    /// No token, or one that is not good here and now.
    AuthenticationFailed => "603",  "-", UNAUTHORIZED,          "The access token is missing or not valid";
    /// A good token that does not reach this.
    Forbidden            => "403",  "-", FORBIDDEN,             "The access token does not allow this";
    /// The consent is on hold, or its consumer is no longer entitled.
    CustomerNotAuthorized=> "602",  "-", FORBIDDEN,             "The customer has not authorized this at present";
    /// Not an account of the consent: absent or another's.
    AccountNotFound      => "701",  "-", NOT_FOUND,             "Account not found";
    /// A date that is none.
    DateMalformed        => "702",  "-", BAD_REQUEST,           "A date is not of the form YYYY-MM-DD";
    /// A range of dates that cannot be served.
    DateRange            => "703",  "-", BAD_REQUEST,           "The range of dates is not valid or not supported";
    /// Absent, or another's.
    NotFound             => "1107", "-", NOT_FOUND,             "No data for the request";
    /// What is new since then cannot be told: begin anew.
    UpdateUnknown        => "1100", "-", NOT_FOUND,             "The update id is unknown";
    /// The state does not allow it.
    Conflict             => "409",  "-", CONFLICT,              "The request conflicts with the present state";
    /// Changed since it was read.
    PreconditionFailed   => "412",  "-", PRECONDITION_FAILED,   "The resource was changed since it was read";
    /// A change must say what it changes.
    PreconditionRequired => "428",  "-", PRECONDITION_REQUIRED, "If-Match is required";
    /// No such route.
    NoRoute              => "1107", "invalid_request", NOT_FOUND, "There is nothing here";
    /// The route has no such method.
    MethodNotAllowed     => "1206", "invalid_request", METHOD_NOT_ALLOWED, "The method is not allowed here";
    /// The body is too long.
    TooLarge             => "401",  "invalid_request", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body did not arrive in time.
    TooSlow              => "401",  "invalid_request", REQUEST_TIMEOUT, "The body did not arrive in time";
    /// Too many requests.
    TooMany              => "1207", "slow_down", TOO_MANY_REQUESTS, "Too many requests";
    /// We failed.
    Internal             => "500",  "server_error", INTERNAL_SERVER_ERROR, "Internal error";
    /// The database is away.
    Unavailable          => "503",  "temporarily_unavailable", SERVICE_UNAVAILABLE, "The service is not available at present";

    /// RFC6749-5.2.
    InvalidRequest       => "-", "invalid_request", BAD_REQUEST, "";
    /// RFC6749-5.2.
    InvalidClient        => "-", "invalid_client", UNAUTHORIZED, "";
    /// RFC6749-5.2.
    InvalidGrant         => "-", "invalid_grant", BAD_REQUEST, "";
    /// RFC6749-5.2.
    UnauthorizedClient   => "-", "unauthorized_client", BAD_REQUEST, "";
    /// RFC6749-5.2.
    UnsupportedGrantType => "-", "unsupported_grant_type", BAD_REQUEST, "";
    /// RFC6749-5.2.
    InvalidScope         => "-", "invalid_scope", BAD_REQUEST, "";
    /// Grant Management for OAuth 2.0.
    InvalidGrantId       => "-", "invalid_grant_id", BAD_REQUEST, "";
    /// RFC6749-4.1.2.1.
    AccessDenied         => "-", "access_denied", FORBIDDEN, "";
    /// RFC6749-4.1.2.1.
    UnsupportedResponseType => "-", "unsupported_response_type", BAD_REQUEST, "";
    /// RFC9101-7.
    InvalidRequestObject => "-", "invalid_request_object", BAD_REQUEST, "";
    /// RFC9101-7.
    InvalidRequestUri    => "-", "invalid_request_uri", BAD_REQUEST, "";
    /// RFC9101-7.
    RequestUriNotSupported => "-", "request_uri_not_supported", BAD_REQUEST, "";
    /// RFC9396-5.
    InvalidAuthorizationDetails => "-", "invalid_authorization_details", BAD_REQUEST, "";
    /// RFC7009-2.2.1.
    UnsupportedTokenType => "-", "unsupported_token_type", BAD_REQUEST, "";
    /// RFC9449-5.
    InvalidDpopProof => "-", "invalid_dpop_proof", BAD_REQUEST, "";
    /// RFC9449-8.
    UseDpopNonce => "-", "use_dpop_nonce", BAD_REQUEST, "";
    /// OIDC Core 3.1.2.6.
    LoginRequired        => "-", "login_required", BAD_REQUEST, "";
    /// OIDC Core 3.1.2.6.
    ConsentRequired      => "-", "consent_required", BAD_REQUEST, "";
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
    UnmetAuthenticationRequirements => "-", "unmet_authentication_requirements", BAD_REQUEST, "";
}
