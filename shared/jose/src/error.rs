//! What can be wrong with a token, a key or a key set.
//!
//! Each variant says what to tell an operator; none carries a byte of the input, so that printing one can leak or
//! inject nothing. What the caller of an endpoint hears is decided by the endpoint.

use crate::json::JsonError;

/// Why a token was refused, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    /// Longer than [`crate::limits`] allows, the whole or its header.
    #[error("the token is too long")]
    TooLong,
    /// Not three base64url parts joined by dots: JSON serialisation (J08), an encrypted token, or no token at all.
    #[error("the token is not a compact JWS")]
    NotCompact,
    /// A part is not canonical base64url without padding (J25).
    #[error("a part of the token is not canonical base64url")]
    NotBase64url,
    /// The header is not one strict JSON object (duplicate names, depth).
    #[error("the token's header: {0}")]
    Header(JsonError),
    /// A header member that we read (`alg`, `kid`, `typ`) is missing or has the wrong type.
    #[error("a member of the token's header is missing or malformed")]
    HeaderMember,
    /// `alg` is `none` in some spelling, or the signature is empty (J01).
    #[error("the token is not signed")]
    Unsigned,
    /// `alg` is not one that this program knows, such as HS256 (J02).
    #[error("the token's algorithm is not supported")]
    AlgorithmUnknown,
    /// `crit` or `b64` is present: no extension is supported, so each is refused (J06).
    #[error("the token demands an extension that is not supported")]
    Critical,
    /// `alg` is known and not among those which the registration allows.
    #[error("the token's algorithm is not the registered one")]
    AlgorithmRefused,
    /// No key fits the token's `kid` and algorithm. A client's key set may have to be fetched anew.
    #[error("no key fits the token")]
    UnknownKey,
    /// No fitting key made this signature.
    #[error("the token's signature does not match")]
    BadSignature,
    /// The payload is not one strict JSON object.
    #[error("the token's payload: {0}")]
    Payload(JsonError),
    /// The ring has no key of that algorithm which may sign now.
    #[error("no signing key of this algorithm is active")]
    NoSigningKey,
    /// The claims cannot be written as JSON, or the signature could not be computed.
    #[error("the token could not be signed")]
    Signing,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a private key in PKCS #8 form, or not of the type that the algorithm needs.
    #[error("the key is malformed or of another type than its algorithm needs")]
    Malformed,
    /// The cryptographic library could not make or encode a key.
    #[error("the key could not be made")]
    NotMade,
    /// Two keys of a ring share a `kid`.
    #[error("two keys share a kid")]
    DuplicateKid,
}

/// Why a JWK Set was refused as a whole. A single key that we merely cannot use is skipped instead, as RFC 7517 5
/// asks, so that a client may publish more than we understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// Not an object with an array `keys` of objects.
    #[error("the key set is not an object with an array of keys")]
    Malformed,
    /// More than [`crate::limits::JWKS_KEYS`] keys (J26).
    #[error("the key set has too many keys")]
    TooManyKeys,
    /// Two keys share a `kid` (J26).
    #[error("two keys of the set share a kid")]
    DuplicateKid,
    /// A key has private or symmetric members: it is burnt, and its owner has to hear it (J26).
    #[error("the key set contains a private or symmetric key")]
    PrivateKey,
    /// No key of the set is of a type, size and use that can be used.
    #[error("the key set contains no usable key")]
    NoUsableKey,
}
