//! What is written of a change: what it was, who made it, how; and of one that came too late, why it was refused.

use domain::Instant;
use uuid::Uuid;

/// Who changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The consumer.
    Consumer,
    /// The recipient.
    Recipient,
    /// Somebody at the bank.
    BankOperator,
    /// The platform itself: time, or a rule.
    System,
}

impl Actor {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "CONSUMER",
            Self::Recipient => "RECIPIENT",
            Self::BankOperator => "BANK_OPERATOR",
            Self::System => "SYSTEM",
        }
    }

    /// The party that FDX shows as `initiator`.
    pub const fn party(self) -> domain::consent::PartyType {
        use domain::consent::PartyType;
        match self {
            Self::Consumer => PartyType::Individual,
            Self::Recipient => PartyType::DataRecipient,
            Self::BankOperator | Self::System => PartyType::DataProvider,
        }
    }
}

/// What was changed. Each has its FDX notification type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The consumer granted it.
    Granted,
    /// The consumer granted it, and an account of it waits for another of its holders.
    PartiallyGranted,
    /// A holder approved, and something still waits.
    Approved,
    /// A holder approved, and nothing waits any more.
    FullyApproved,
    /// A holder took back an approval, or declined to give one.
    Withdrawn,
    /// Accounts were removed.
    Modified,
    /// A party ended it.
    Revoked,
    /// It serves nothing for a while.
    Held,
    /// It serves again.
    Resumed,
    /// Its time is over.
    Expired,
    /// Its one use is over.
    Consumed,
    /// After its end another grant took its place.
    Superseded,
}

impl Change {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "GRANTED",
            Self::PartiallyGranted => "PARTIALLY_GRANTED",
            Self::Approved | Self::FullyApproved => "APPROVED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Modified => "MODIFIED",
            Self::Revoked => "REVOKED",
            Self::Held => "HELD",
            Self::Resumed => "RESUMED",
            Self::Expired => "EXPIRED",
            Self::Consumed => "CONSUMED",
            Self::Superseded => "SUPERSEDED",
        }
    }

    pub(super) const fn event_type(self) -> &'static str {
        match self {
            Self::Granted | Self::FullyApproved => "CONSENT_AUTHORIZED",
            Self::PartiallyGranted => "CONSENT_PARTIALLY_AUTHORIZED",
            Self::Withdrawn | Self::Modified => "CONSENT_MODIFIED",
            Self::Revoked => "CONSENT_REVOKED",
            Self::Held => "CONSENT_ON_HOLD",
            Self::Approved | Self::Resumed | Self::Superseded => "CONSENT_UPDATED",
            Self::Expired => "CONSENT_EXPIRED",
            Self::Consumed => "CONSENT_CONSUMED",
        }
    }
}

/// The circumstances of a change.
#[derive(Debug, Clone)]
pub struct Circumstance {
    /// Who.
    pub actor: Actor,
    /// Through which API, such as `fdx:consents`.
    pub channel: &'static str,
    /// Why, when a reason was given.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
    /// The id of the event; minted by the caller, so that a step run twice writes one event.
    pub event_id: Uuid,
}

/// Why a change came too late, or to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLate {
    /// The grant had ended.
    AlreadyEnded,
    /// It was so already.
    Unchanged,
    /// The authentication resource was decided.
    AlreadyDecided,
}

impl TooLate {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyEnded => "ALREADY_ENDED",
            Self::Unchanged => "UNCHANGED",
            Self::AlreadyDecided => "ALREADY_DECIDED",
        }
    }
}
