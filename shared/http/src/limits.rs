//! Every limit on what a caller may send, in one place. Each is a constant of the code, not a setting: a caller can
//! rely on it, and a reader can see that there is one.

/// Longest form body, bytes: a request object with a generous consent request is under 10 kB.
pub const FORM_BYTES: usize = 64 * 1024;

/// Most parameters of a form or query.
pub const PARAMETERS: usize = 64;

/// Longest JSON body, bytes.
pub const JSON_BYTES: usize = 256 * 1024;

/// Longest token in an Authorization header, bytes. Ours are under 1.5 kB.
pub const TOKEN_BYTES: usize = 4 * 1024;

/// Longest cursor, bytes.
pub const CURSOR_BYTES: usize = 1024;

/// Longest `state` that is returned as it came, bytes.
pub const STATE_BYTES: usize = 2 * 1024;

/// Longest `nonce`, bytes.
pub const NONCE_BYTES: usize = 1024;

/// Authorization requests of one client that may wait at once (P06). Each lives a minute.
pub const WAITING_REQUESTS: i32 = 5_000;

/// Tokens whose signatures are remembered, about 2 kB each.
pub const REMEMBERED_SIGNATURES: usize = 4_096;

/// Default and largest page of a list.
pub const PAGE_DEFAULT: u16 = 10;
/// Largest page.
pub const PAGE_MOST: u16 = 100;
