//! How much one file may hold. An importer is run by operators, but on files that others wrote.

/// Bytes of a file: some 100,000 transactions in OFX.
pub(crate) const FILE_BYTES: usize = 64 << 20;
/// Open elements at once. OFX itself needs about ten; unclosed empty ones of SGML count until their parent ends.
pub(crate) const DEPTH: usize = 64;
/// Elements of one OFX file.
pub(crate) const ELEMENTS: usize = 4_000_000;
/// Accounts of one file.
pub(crate) const ACCOUNTS: usize = 1_000;
/// Bytes before the OFX element.
pub(crate) const HEADER_BYTES: usize = 4 << 10;
