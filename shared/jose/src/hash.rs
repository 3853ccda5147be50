//! SHA-256, by its one name.

/// SHA-256 of `bytes`.
pub fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    openssl::sha::sha256(bytes.as_ref())
}
