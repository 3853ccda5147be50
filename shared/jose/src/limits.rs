//! Every bound on what a stranger may send, in one place. Lengths are judged before anything is decoded (J16).

/// Longest compact token, in characters. A signed request object with a long list of consented accounts is about
/// 6,000; this leaves room for a certificate chain in the header, which some libraries always send.
pub const TOKEN_CHARACTERS: usize = 32_768;

/// Longest protected header of a token, in base64url characters.
pub const HEADER_CHARACTERS: usize = 16_384;

/// Longest key id, in bytes.
pub const KEY_ID_BYTES: usize = 256;

/// Deepest nesting of a JSON text. RFC 9396 objects nest about six levels; the parser's own stop is near 127 (J28).
pub const JSON_DEPTH: usize = 32;

/// Most values (members, elements and leaves counted alike) in a JSON text.
pub const JSON_VALUES: usize = 10_000;

/// Most keys in a client's JWK Set. A token without `kid` is tried against each that fits, so this bounds the price
/// of one bad signature (J26).
pub const JWKS_KEYS: usize = 16;

/// Fewest bits of an RSA modulus. RFC 7518 3.3 and 3.5 set 2048.
pub const RSA_LEAST_BITS: usize = 2_048;

/// Most bits of an RSA modulus. The price of a verification grows with the square; nobody who signs needs more.
pub const RSA_MOST_BITS: usize = 4_096;

/// Most audiences in an `aud` array.
pub const AUDIENCES: usize = 16;
