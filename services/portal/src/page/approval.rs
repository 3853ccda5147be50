//! The part of a consumer in a connection that another holder of their accounts made.

use domain::UserId;

use crate::{
    api::{Holder, Role, UserConsent, UserConsentStatus},
    text::Text,
};

/// Where a holder's agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mine {
    /// Not answered, for some account at least.
    Asked,
    /// Agreed.
    Given,
    /// Disagreed, or no longer agrees.
    Withdrawn,
}

/// What a holder reads, and can do.
pub(crate) struct Approval {
    pub(crate) csrf: String,
    pub(crate) means: String,
    /// The words of the button by which they agree.
    pub(crate) approve: Option<&'static str>,
    /// The words of the one by which they do not.
    pub(crate) withdraw: Option<&'static str>,
}

/// Where that holder's agreement stands.
pub(crate) fn mine(consent: &UserConsent, user_id: &UserId) -> Mine {
    let theirs = |holder: &&Holder| holder.user_id == *user_id;
    let answers: Vec<_> = consent
        .accounts
        .iter()
        .filter_map(|account| account.approval.as_ref()?.holders.iter().find(theirs))
        .map(|holder| match (holder.withdrawn_time, holder.approved_time) {
            (Some(_), _) => Mine::Withdrawn,
            (None, Some(_)) => Mine::Given,
            (None, None) => Mine::Asked,
        })
        .collect();
    if answers.contains(&Mine::Asked) {
        Mine::Asked
    } else if answers.contains(&Mine::Withdrawn) {
        Mine::Withdrawn
    } else {
        Mine::Given
    }
}

impl Approval {
    /// Nothing for the one who made the connection, nor when it has ended.
    pub(super) fn of(text: &Text, consent: &UserConsent, user_id: &UserId, csrf: &str) -> Option<Self> {
        let is_live = matches!(
            consent.status,
            UserConsentStatus::Active | UserConsentStatus::OnHold
        );
        if consent.role != Role::Holder || !is_live {
            return None;
        }
        let name = &consent.recipient.name;
        let (means, approve, withdraw) = match mine(consent, user_id) {
            Mine::Asked => ((text.approval_asked)(name), Some(text.approve), Some(text.refuse)),
            Mine::Given => ((text.approval_given)(name), None, Some(text.withdraw)),
            Mine::Withdrawn => ((text.approval_withdrawn)(name), Some(text.approve), None),
        };
        Some(Self {
            csrf: csrf.to_owned(),
            means,
            approve,
            withdraw,
        })
    }
}
