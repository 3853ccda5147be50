//! The states of a grant, the moves between them, and who made a move and why.
//!
//! ```text
//! ACTIVE ⇄ ON_HOLD     ACTIVE, ON_HOLD ──▶ REVOKED | EXPIRED     ACTIVE (ONE_TIME) ──▶ CONSUMED
//! ```
//! REVOKED, EXPIRED and CONSUMED are final.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// What is true of a grant now, with the facts of that state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentState {
    /// Serves data.
    Active,
    /// Serves nothing until it is resumed, or until the instant if there is one.
    OnHold {
        /// The hold lifts by itself at this instant.
        until: Option<Instant>,
    },
    /// Ended by a party.
    Revoked {
        /// When.
        at: Instant,
        /// Who ended it.
        initiator: PartyType,
        /// Why.
        reason: UpdateReason,
    },
    /// Ended by time.
    Expired {
        /// When its time was over.
        at: Instant,
    },
    /// A ONE_TIME grant whose one token has ended.
    Consumed {
        /// When that token ended.
        at: Instant,
    },
}

/// A move that the life of a grant does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the consent has ended")]
pub struct AlreadyEnded;

impl ConsentState {
    /// What this stored state has become by `now`, for a grant with these ends.
    #[must_use]
    pub fn at(self, now: Instant, expires_at: Instant, consumed_from: Option<Instant>) -> Self {
        if self.is_final() {
            return self;
        }
        match (self, consumed_from) {
            (_, Some(at)) if now >= at => Self::Consumed { at },
            (..) if now >= expires_at => Self::Expired { at: expires_at },
            (Self::OnHold { until: Some(until) }, _) if now >= until => Self::Active,
            (state, _) => state,
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Active | Self::OnHold { .. } => false,
            Self::Revoked { .. } | Self::Expired { .. } | Self::Consumed { .. } => true,
        }
    }

    /// The status that FDX shows for it: FDX has no hold and no consumption.
    pub const fn fdx_status(&self) -> ConsentStatus {
        match self {
            Self::Active | Self::OnHold { .. } => ConsentStatus::Active,
            Self::Expired { .. } | Self::Consumed { .. } => ConsentStatus::Expired,
            Self::Revoked { .. } => ConsentStatus::Revoked,
        }
    }

    /// The word in a row and in the bank's dashboard.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::OnHold { .. } => "ON_HOLD",
            Self::Revoked { .. } => "REVOKED",
            Self::Expired { .. } => "EXPIRED",
            Self::Consumed { .. } => "CONSUMED",
        }
    }

    /// Ends the grant for good.
    ///
    /// # Errors
    /// [`AlreadyEnded`] when it is revoked, expired or consumed.
    pub fn revoke(
        self,
        at: Instant,
        initiator: PartyType,
        reason: UpdateReason,
    ) -> Result<Self, AlreadyEnded> {
        match self {
            Self::Active | Self::OnHold { .. } => Ok(Self::Revoked {
                at,
                initiator,
                reason,
            }),
            Self::Revoked { .. } | Self::Expired { .. } | Self::Consumed { .. } => Err(AlreadyEnded),
        }
    }

    /// Stops serving, until resumed or until an instant.
    ///
    /// # Errors
    /// [`AlreadyEnded`] when it is revoked, expired or consumed.
    pub fn hold(self, until: Option<Instant>) -> Result<Self, AlreadyEnded> {
        if self.is_final() {
            Err(AlreadyEnded)
        } else {
            Ok(Self::OnHold { until })
        }
    }

    /// Serves again.
    ///
    /// # Errors
    /// [`AlreadyEnded`] when it is revoked, expired or consumed.
    pub fn resume(self) -> Result<Self, AlreadyEnded> {
        if self.is_final() {
            Err(AlreadyEnded)
        } else {
            Ok(Self::Active)
        }
    }
}

/// What FDX shows of a state (`ConsentGrantStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsentStatus {
    /// The grant has not ended.
    Active,
    /// Its time is over, or its one use.
    Expired,
    /// A party ended it.
    Revoked,
}

/// Who a party of a grant is (FDX `PartyType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartyType {
    /// An aggregator through which recipients read.
    DataAccessPlatform,
    /// The bank.
    DataProvider,
    /// The fintech.
    DataRecipient,
    /// The consumer.
    Individual,
    /// A merchant.
    Merchant,
    /// A vendor.
    Vendor,
}

/// Why a grant was changed (FDX `ConsentUpdateReason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UpdateReason {
    /// A rule of the bank or of the recipient.
    BusinessRule,
    /// The consumer wanted it.
    UserAction,
    /// A code or token was seen in the wrong hands.
    SecurityEvent,
    /// None of these.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o06_no_end_is_left_again() {
        let at = Instant::from_timestamp(1_800_000_000, 0).unwrap();
        let revoked = ConsentState::Active
            .revoke(at, PartyType::Individual, UpdateReason::UserAction)
            .unwrap();
        for end in [
            revoked,
            ConsentState::Expired { at },
            ConsentState::Consumed { at },
        ] {
            assert_eq!(end.clone().resume(), Err(AlreadyEnded));
            assert_eq!(end.clone().hold(None), Err(AlreadyEnded));
            assert_eq!(
                end.revoke(at, PartyType::Individual, UpdateReason::UserAction),
                Err(AlreadyEnded)
            );
        }
    }
}
