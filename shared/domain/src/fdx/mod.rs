//! FDX v6 entities, typed. What comes in is validated, what goes out passes the disclosure of `accounts`.
