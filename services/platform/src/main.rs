//! The program `concordat`.
fn main() {}
