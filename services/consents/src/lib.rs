//! FDX consent and revocation.
