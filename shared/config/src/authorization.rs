//! `[authorization]`: what the authorization server demands beyond the profiles of its clients.

use serde::Deserialize;

/// Choices that a bank makes once for all clients.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Authorization {
    /// Whether a DPoP proof must carry a nonce of ours (RFC9449-8, -9), which shows that it was made lately.
    pub dpop_nonces: bool,
}
