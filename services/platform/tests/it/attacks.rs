//! Attacks, a file a class. Each begins as something that must succeed; one thing in it is then turned.
//!
//! Names of tests begin with the ids of SECURITY.md. An id stands for a class: what is tried beside the row of the table
//! has the id of the row that it is closest to.

mod assertions;
mod by_value;
mod certificates;
mod codes;
mod denial_of_service;
mod dpop;
mod framing;
mod headers;
mod malformed;
mod objects;
mod par;
mod redirects;
mod refresh;
mod registration;
mod request_objects;
mod secrets;
mod tokens;
pub(crate) mod wire;
