//! OFX, the format in which banks let their customers download statements.
//!
//! Version 1 is SGML: values end where the next tag begins, and headers are lines of `KEY:VALUE`. Version 2 is
//! XML. Both hold the same elements, and banks take liberties with both, so one tokenizer of our own reads
//! them: an XML library cannot read version 1, and tells no line for what is wrong in version 2 but not in
//! XML. What is strict: every aggregate that we read must be closed, every number and date must be one, and a
//! file that breaks off is refused.
//!
//! `header`: bytes → text; `token`: text → tags; `tree`: tags → elements; `statement`: elements → accounts.

mod bank;
mod charset;
mod header;
mod identity;
mod investment;
mod investment_transaction;
mod position;
mod security_list;
mod statement;
mod time;
mod token;
mod transaction;
mod tree;
mod value;

use super::{Malformed, Naming, Statement};

/// Reads an OFX file.
///
/// # Errors
/// [`Malformed`], with the line.
pub fn read(file: &[u8], naming: &Naming) -> Result<Statement, Malformed> {
    let document = header::open(file)?;
    let root = tree::build(&document.text, document.first_line, document.syntax)?;
    statement::read(&root, naming)
}

#[cfg(test)]
mod tests;
