//! The program `concordat`: the listeners and their workers, the commands, the demonstration.
//!
//! The top floor. It knows every service and none knows it: it reads the settings, binds three listeners, mounts each
//! service's `routes` where they belong ([`serve`]), and ends everything in order. Tests start the whole platform through
//! [`start`], with ports, clock and chance of their own.
//!
//! To add a service: a variant of [`serve::Service`], its row in `serve/mount.rs`, its document in `openapi`. To add a command:
//! a file in `command`.

pub mod command;
mod demo;
mod exit;
mod logging;
mod narrator;
mod recipient;
pub mod serve;
mod stage;
mod up;

pub use serve::{Addresses, Patience, Running, Service, StartError, Wiring, start, start_services};
