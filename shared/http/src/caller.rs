//! Proven callers. What an extractor here gives, a handler need not check again; what it does not prove, it says.

mod binding;
mod exchange;
mod fdx;
mod identity;
mod solution;
mod token;

pub use binding::Binding;
pub use exchange::Recorded;
pub use fdx::FdxCaller;
pub use identity::IdentityCaller;
pub use solution::SolutionCaller;
pub use token::AccessToken;
