//! openssl: listeners, peer certificate, thumbprint, chain and subject rules.
