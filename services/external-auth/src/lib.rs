//! External Resource Authentication API, for the bank's consent-grant application.
