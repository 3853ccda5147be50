//! How an account and its transactions are found again, and what they are called on the FDX API.
//!
//! A bank's file names an account by its number, and many banks build transaction ids (FITID) out of it. FDX
//! ids go to every recipient, also to those who may not know the number. A plain hash of the number is guessed
//! in seconds, so ids are keyed hashes: the same input has the same id for ever, and without the key nobody
//! goes back. The key is derived from the master key for this purpose alone; whoever replaces the master key
//! imports every account anew.

use domain::{AccountId, TransactionId};
use jose::{
    base64url,
    seal::{KeyedHasher, MasterKey, SealError},
};

/// Makes ids. Cheap to use, made once.
pub struct Naming(KeyedHasher);

/// Which account it is at its origin: a keyed hash of how the file names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin([u8; 32]);

impl Origin {
    /// As it stands in a row.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// How a file names an account.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// By bank, branch (or nothing) and number.
    Bank {
        /// `BANKID`; in the US a routing number.
        bank: &'a str,
        /// `BRANCHID`, where the country has them.
        branch: &'a str,
        /// `ACCTID`.
        number: &'a str,
    },
    /// By the number of a card, which is unique in the world.
    Card {
        /// `ACCTID`.
        number: &'a str,
    },
    /// By broker and number.
    Broker {
        /// `BROKERID`.
        broker: &'a str,
        /// `ACCTID`.
        number: &'a str,
    },
    /// By the FDX `accountId` that the bank itself gave.
    Fdx {
        /// That id.
        account_id: &'a str,
    },
}

/// 18 bytes make 24 letters: too many to meet by chance, short enough to read.
const ID_BYTES: usize = 18;

impl Naming {
    /// The names that belong to a master key.
    ///
    /// # Errors
    /// [`SealError`] when the library cannot derive a key.
    pub fn new(master: &MasterKey) -> Result<Self, SealError> {
        master.keyed_hasher("account-naming").map(Self)
    }

    /// The origin of an account.
    ///
    /// Blanks at the ends and capitals make no difference: banks are not consistent in either.
    pub fn origin(&self, named: Named<'_>) -> Origin {
        match named {
            Named::Bank { bank, branch, number } => self.origin_of(&["bank", bank, branch, number]),
            Named::Card { number } => self.origin_of(&["card", number]),
            Named::Broker { broker, number } => self.origin_of(&["broker", broker, number]),
            Named::Fdx { account_id } => Origin(self.hash(&[b"fdx", account_id.as_bytes()])),
        }
    }

    /// The FDX id of the account of that origin.
    pub fn account_id(&self, origin: Origin) -> AccountId {
        id(&self.hash(&[b"account-id", origin.as_bytes()]))
    }

    /// The FDX id of a transaction that the file calls `name`, unique in the account.
    pub fn transaction_id(&self, origin: Origin, name: &[&str]) -> TransactionId {
        let mut parts: Vec<&[u8]> = vec![b"transaction-id", origin.as_bytes()];
        parts.extend(name.iter().map(|part| part.as_bytes()));
        id(&self.hash(&parts))
    }

    fn origin_of(&self, parts: &[&str]) -> Origin {
        let tidy: Vec<String> = parts.iter().map(|part| part.trim().to_uppercase()).collect();
        Origin(self.hash(&tidy.iter().map(|part| part.as_bytes()).collect::<Vec<_>>()))
    }

    #[expect(
        clippy::expect_used,
        reason = "an HMAC of bytes in memory fails only when memory ends"
    )]
    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.0.hash(parts).expect("HMAC-SHA256 is at hand")
    }
}

/// The first bytes of a hash as an id.
#[expect(
    clippy::expect_used,
    reason = "24 letters of base64url are always an opaque id"
)]
fn id<T: TryFrom<String>>(hash: &[u8; 32]) -> T {
    let text = base64url(hash.get(..ID_BYTES).unwrap_or(hash));
    T::try_from(text)
        .ok()
        .expect("base64url is printable and not empty")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Names of a key that is no secret.
    pub(crate) fn naming() -> Naming {
        Naming::new(&MasterKey::from_bytes([7; 32])).unwrap()
    }

    #[test]
    fn the_same_account_has_the_same_id() {
        let one = naming().origin(Named::Bank {
            bank: "021000021",
            branch: "",
            number: "12-34 ",
        });
        let other = naming().origin(Named::Bank {
            bank: " 021000021",
            branch: "",
            number: "12-34",
        });
        assert_eq!(naming().account_id(one), naming().account_id(other));
    }

    #[test]
    fn parts_do_not_run_together() {
        let one = naming().origin(Named::Bank {
            bank: "12",
            branch: "3",
            number: "45",
        });
        let other = naming().origin(Named::Bank {
            bank: "1",
            branch: "23",
            number: "45",
        });
        assert_ne!(one, other);
        assert_ne!(
            naming().origin(Named::Card { number: "45" }),
            naming().origin(Named::Fdx { account_id: "45" })
        );
    }

    #[test]
    fn ids_depend_on_the_key_and_tell_nothing() {
        let stranger = Naming::new(&MasterKey::from_bytes([8; 32])).unwrap();
        let named = Named::Card {
            number: "4111111111111111",
        };
        let id = naming().account_id(naming().origin(named));
        assert_ne!(id, stranger.account_id(stranger.origin(named)));
        assert!(id.as_str().len() == 24 && !id.as_str().contains("1111"));
    }
}
