//! Ids are types: a client id cannot be passed where a consent id is wanted.
//!
//! Ids we mint are UUIDs made from the randomness that is handed in. Ids we receive are opaque text of
//! 1 to 256 characters (FDX `Identifier`), never parsed and never trusted to be unguessable.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Instant, Random};

/// The text is not an id of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct InvalidId;

macro_rules! minted_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(Uuid);

        impl $name {
            /// The id that stands in a row or on the wire as this UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            /// The bare UUID, for a row.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            /// Only the hyphenated form of 36 characters: what has one spelling has one meaning.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if text.len() != 36 {
                    return Err(InvalidId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    };
}

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[schema(value_type = String, min_length = 1, max_length = 256)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text as it was received.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            /// 1 to 256 characters, none of them a control character.
            fn try_from(text: String) -> Result<Self, InvalidId> {
                let characters = text.chars().take(257).count();
                if characters == 0 || characters > 256 || text.chars().any(char::is_control) {
                    return Err(InvalidId);
                }
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }
    };
}

minted_id!(
    /// One consent grant. On the wire `consentId`, `fdxConsentId` and `grant_id`.
    ConsentId
);
minted_id!(
    /// One authentication resource: a consumer's decision that the bank's consent application takes.
    ResourceId
);
minted_id!(
    /// One authorization request as it was pushed (or, for FAPI 1 by value, as it was received).
    RequestId
);
minted_id!(
    /// One access token. On the wire `jti`.
    TokenId
);

opaque_id!(
    /// A registered client: a data recipient, or one of the bank's own applications.
    ClientId
);
opaque_id!(
    /// A consumer, as the bank names them.
    UserId
);
opaque_id!(
    /// An account, as the bank names it; persistent, and never its number (FDX `accountId`).
    AccountId
);
opaque_id!(
    /// A transaction, unique within its account (FDX `transactionId`).
    TransactionId
);

impl ConsentId {
    /// A new id that nobody can guess: all 122 bits are random.
    pub fn mint(random: &dyn Random) -> Self {
        Self(random_uuid(random))
    }
}

impl ResourceId {
    /// A new id that nobody can guess: all 122 bits are random.
    pub fn mint(random: &dyn Random) -> Self {
        Self(random_uuid(random))
    }
}

impl RequestId {
    /// A new id, ordered by time.
    pub fn mint(now: Instant, random: &dyn Random) -> Self {
        Self(ordered_uuid(now, random))
    }
}

impl TokenId {
    /// A new id, ordered by time, so that the index of a table that only grows stays narrow.
    pub fn mint(now: Instant, random: &dyn Random) -> Self {
        Self(ordered_uuid(now, random))
    }
}

/// A version 4 UUID (RFC 9562) of the randomness handed in.
pub fn random_uuid(random: &dyn Random) -> Uuid {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A version 7 UUID (RFC 9562): 48 bits of time, 74 of the randomness handed in.
fn ordered_uuid(now: Instant, random: &dyn Random) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    uuid::Builder::from_unix_timestamp_millis(now.timestamp_millis().unsigned_abs(), &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;
    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_minted_id_has_one_spelling() {
        let id = ConsentId::mint(&Sevens);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            id.uuid().simple().to_string().parse::<ConsentId>(),
            Err(InvalidId)
        );
        assert_eq!(format!("{{{id}}}").parse::<ConsentId>(), Err(InvalidId));
    }

    #[test]
    fn later_tokens_sort_after_earlier_ones() {
        let at = |seconds| TokenId::mint(Instant::from_timestamp(seconds, 0).unwrap(), &Sevens);
        assert!(at(1_000) < at(1_001));
    }

    #[test]
    fn an_opaque_id_is_bounded_and_printable() {
        assert!("a".repeat(256).parse::<AccountId>().is_ok());
        assert_eq!("a".repeat(257).parse::<AccountId>(), Err(InvalidId));
        assert_eq!("".parse::<AccountId>(), Err(InvalidId));
        assert_eq!("a\0b".parse::<AccountId>(), Err(InvalidId));
    }
}
