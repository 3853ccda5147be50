//! The bank's rules for what may be asked: durations, lookback, clusters, consents per consumer and recipient.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    authorization_details::ConsentRequest,
    cluster::DataCluster,
    consent::{DurationType, Terms},
};

/// Settings `[policy]`. All lengths in whole days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentPolicy {
    /// Life of a ONE_TIME grant whose request names none.
    pub one_time_days: u16,
    /// Life of a PERSISTENT grant; never over `longest_days`.
    pub persistent_days: u16,
    /// Shortest TIME_BOUND grant that may be asked.
    pub shortest_days: u16,
    /// Longest grant of any kind (12 CFR 1033.421(b): one year).
    pub longest_days: u16,
    /// Furthest that a recipient may read back: two years by default, the history that 12 CFR 1033.211(a) wants within
    /// reach.
    pub longest_lookback_days: u16,
    /// Lookback of a request that names none.
    pub default_lookback_days: u16,
    /// Living consents of one consumer with one recipient.
    pub consents_per_user_and_client: u16,
    /// The clusters on offer; what is not here cannot be asked.
    pub clusters: BTreeSet<DataCluster>,
}

impl Default for ConsentPolicy {
    fn default() -> Self {
        Self {
            one_time_days: 1,
            persistent_days: 365,
            shortest_days: 5,
            longest_days: 365,
            longest_lookback_days: 730,
            default_lookback_days: 90,
            consents_per_user_and_client: 10,
            clusters: DataCluster::ALL.into(),
        }
    }
}

/// What is asked is outside the policy. The text may be shown to the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// TIME_BOUND needs a period.
    #[error("durationPeriod is required for TIME_BOUND")]
    NoPeriod,
    /// The period is too short or too long.
    #[error("durationPeriod is outside the range that this provider allows")]
    Period,
    /// The lookback is too short or too long.
    #[error("lookbackPeriod is outside the range that this provider allows")]
    Lookback,
    /// A cluster is not on offer.
    #[error("a data cluster is not offered by this provider")]
    Cluster,
}

impl ConsentPolicy {
    /// The terms of a request under this policy, and under the limits that the recipient registered.
    ///
    /// # Errors
    /// [`PolicyError`] when the request asks for more than may be granted.
    pub fn terms(
        &self,
        request: &ConsentRequest,
        registered: RegisteredLimits,
    ) -> Result<Terms, PolicyError> {
        if !request.data_clusters().is_subset(&self.clusters) {
            return Err(PolicyError::Cluster);
        }
        let longest = self
            .longest_days
            .min(registered.duration_days.unwrap_or(u16::MAX));
        let duration_days = match (request.duration_type, request.duration_period) {
            (DurationType::OneTime, None) => self.one_time_days.min(longest),
            (DurationType::Persistent, None) => self.persistent_days.min(longest),
            (DurationType::TimeBound, None) => return Err(PolicyError::NoPeriod),
            (DurationType::TimeBound, Some(days)) if days < self.shortest_days => {
                return Err(PolicyError::Period);
            }
            (_, Some(days)) if days == 0 || days > longest => return Err(PolicyError::Period),
            (_, Some(days)) => days,
        };
        let furthest = self
            .longest_lookback_days
            .min(registered.lookback_days.unwrap_or(u16::MAX));
        let lookback_days = match request.lookback_period {
            None => self.default_lookback_days.min(furthest),
            Some(days) if days == 0 || days > furthest => return Err(PolicyError::Lookback),
            Some(days) => days,
        };
        Ok(Terms {
            duration_type: request.duration_type,
            duration_days,
            lookback_days,
        })
    }
}

/// The longest that a recipient may ask for, from its registration (FDX `duration_period`, `lookback_period`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RegisteredLimits {
    /// Days of a grant.
    pub duration_days: Option<u16>,
    /// Days of lookback.
    pub lookback_days: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(duration_type: DurationType, period: Option<u16>, lookback: Option<u16>) -> ConsentRequest {
        ConsentRequest::for_accounts(
            duration_type,
            period,
            lookback,
            [DataCluster::AccountBasic].into(),
        )
    }

    #[test]
    fn a_time_bound_request_names_its_days() {
        let policy = ConsentPolicy::default();
        let terms = |period| {
            policy.terms(
                &request(DurationType::TimeBound, period, None),
                RegisteredLimits::default(),
            )
        };
        assert_eq!(terms(Some(90)).unwrap().duration_days, 90);
        assert_eq!(terms(None), Err(PolicyError::NoPeriod));
        assert_eq!(terms(Some(4)), Err(PolicyError::Period));
        assert_eq!(terms(Some(0)), Err(PolicyError::Period));
        assert_eq!(terms(Some(366)), Err(PolicyError::Period));
    }

    #[test]
    fn registration_narrows_the_policy_and_never_widens_it() {
        let policy = ConsentPolicy::default();
        let registered = RegisteredLimits {
            duration_days: Some(30),
            lookback_days: Some(9999),
        };
        let ask = |period, lookback| {
            policy.terms(
                &request(DurationType::TimeBound, Some(period), Some(lookback)),
                registered,
            )
        };
        assert_eq!(ask(31, 30), Err(PolicyError::Period));
        assert_eq!(ask(30, 731), Err(PolicyError::Lookback));
        assert!(ask(30, 730).is_ok());
    }

    #[test]
    fn persistent_means_the_longest_that_the_policy_allows() {
        let policy = ConsentPolicy {
            persistent_days: 36_525,
            ..ConsentPolicy::default()
        };
        let terms = policy
            .terms(
                &request(DurationType::Persistent, None, None),
                RegisteredLimits::default(),
            )
            .unwrap();
        assert_eq!(terms.duration_days, 365);
    }
}
