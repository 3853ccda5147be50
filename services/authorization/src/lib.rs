//! The FAPI authorization server.
