//! What every part of an entity can do: check itself, forget words that it does not know, be absent.
//!
//! `entity!` walks all fields of a struct through this trait, so a new field is checked without a thought.

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::id::{AccountId, TransactionId};

/// Most members that one list of an entity may have.
const MOST_MEMBERS: usize = 10_000;

/// One rule that an entity breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in the words of the wire: `holdings[3].security.parValue`. Empty for the entity itself.
    pub path: String,
    /// What is wrong. Never holds the value.
    pub reason: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(self.reason)
        } else {
            write!(f, "{}: {}", self.path, self.reason)
        }
    }
}

/// Gathers faults, and knows where in the entity the check is.
#[derive(Debug, Default)]
pub struct Faults {
    path: Vec<Step>,
    found: Vec<Fault>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Field(&'static str),
    Index(usize),
}

impl Faults {
    /// Beyond this many, further faults tell nothing new.
    const MOST: usize = 100;

    /// Runs `check` one level down, in a field (named as Rust names it).
    pub fn inside(&mut self, field: &'static str, check: impl FnOnce(&mut Self)) {
        self.step(Step::Field(field), check);
    }

    /// Runs `check` one level down, at an index of a list.
    pub fn at(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        self.step(Step::Index(index), check);
    }

    /// Notes a fault of the place where the check is.
    pub fn report(&mut self, reason: &'static str) {
        if self.found.len() < Self::MOST {
            let path = wire_path(&self.path);
            self.found.push(Fault { path, reason });
        }
    }

    /// Notes a fault unless `holds`.
    pub fn require(&mut self, holds: bool, reason: &'static str) {
        if !holds {
            self.report(reason);
        }
    }

    /// What was found.
    ///
    /// # Errors
    /// The faults, at least one and at most a hundred.
    pub fn into_result(self) -> Result<(), Vec<Fault>> {
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(self.found)
        }
    }

    fn step(&mut self, step: Step, check: impl FnOnce(&mut Self)) {
        self.path.push(step);
        check(self);
        self.path.pop();
    }
}

fn wire_path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Field(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                for (index, word) in name.trim_start_matches("r#").split('_').enumerate() {
                    let mut letters = word.chars();
                    match letters.next() {
                        Some(first) if index > 0 => path.push(first.to_ascii_uppercase()),
                        Some(first) => path.push(first),
                        None => {}
                    }
                    path.push_str(letters.as_str());
                }
            }
        }
    }
    path
}

/// A part of an entity.
pub trait Piece {
    /// Reports what breaks FDX's rules, here and below.
    fn check(&self, _faults: &mut Faults) {}

    /// Removes, here and below, words of enumerations that this version of FDX does not have. They are kept
    /// when they come in, since the bank may be ahead of us, and are never emitted.
    fn forget_unknown(&mut self) {}

    /// Whether this is itself such a word.
    fn is_unknown(&self) -> bool {
        false
    }

    /// Whether there is nothing to write: FDX omits what is null, and we omit empty lists.
    fn is_absent(&self) -> bool {
        false
    }
}

impl Piece for bool {}
impl Piece for i32 {}
impl Piece for i64 {}
impl Piece for AccountId {}
impl Piece for TransactionId {}

impl<T: Piece> Piece for Option<T> {
    fn check(&self, faults: &mut Faults) {
        if let Some(piece) = self {
            piece.check(faults);
        }
    }

    fn forget_unknown(&mut self) {
        if self.as_ref().is_some_and(T::is_unknown) {
            *self = None;
        }
        if let Some(piece) = self {
            piece.forget_unknown();
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Piece> Piece for Vec<T> {
    fn check(&self, faults: &mut Faults) {
        faults.require(self.len() <= MOST_MEMBERS, "more than 10,000 members");
        for (index, piece) in self.iter().enumerate().take(MOST_MEMBERS) {
            faults.at(index, |faults| piece.check(faults));
        }
    }

    fn forget_unknown(&mut self) {
        self.retain(|piece| !piece.is_unknown());
        self.iter_mut().for_each(T::forget_unknown);
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Piece> Piece for Box<T> {
    fn check(&self, faults: &mut Faults) {
        T::check(self, faults);
    }

    fn forget_unknown(&mut self) {
        T::forget_unknown(self);
    }

    fn is_unknown(&self) -> bool {
        T::is_unknown(self)
    }
}

/// For serde's `skip_serializing_if`.
pub(crate) fn is_absent<P: Piece>(piece: &P) -> bool {
    piece.is_absent()
}

/// For serde's `deserialize_with`: a null is the same as nothing, for lists too.
pub(crate) fn null_is_absent<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_in_the_words_of_the_wire() {
        let mut faults = Faults::default();
        faults.inside("fi_attributes", |faults| {
            faults.at(2, |faults| {
                faults.inside("r#type", |faults| faults.report("is wrong"))
            });
        });
        let found = faults.into_result().unwrap_err();
        assert_eq!(found[0].to_string(), "fiAttributes[2].type: is wrong");
    }

    #[test]
    fn faults_are_bounded() {
        let mut faults = Faults::default();
        (0..1_000).for_each(|_| faults.report("again"));
        assert_eq!(faults.into_result().unwrap_err().len(), 100);
    }
}
