//! The instants of a token, judged against an instant that is handed in.
//!
//! Clocks differ. A token from eight or ten seconds ahead is accepted, one from sixty or more is refused: that is what
//! the FAPI suite sends, and our line lies between. Expiry has no such grace (RFC 7519 4.1.4): whoever sets it has set
//! it minutes ahead. What josekit's own validator lets pass (missing claims, guard row 7) is required here by purpose.

use chrono::TimeDelta;
use domain::Instant;

use crate::{ClaimError, Claims};

/// How far ahead of ours a sender's clock may be.
const FUTURE_SKEW: TimeDelta = TimeDelta::seconds(30);

/// What one purpose demands of `exp`, `nbf` and `iat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRules {
    /// `exp` must be there.
    pub require_exp: bool,
    /// `nbf` must be there.
    pub require_nbf: bool,
    /// `iat` must be there.
    pub require_iat: bool,
    /// Longest from `nbf` (else `iat`, else now) to `exp`: compares the two claims, not the clock, so that an old but
    /// short-lived object fails the age or expiry check, and its sender learns which it was.
    pub max_lifetime: Option<TimeDelta>,
    /// Longest since `iat` where that is required; elsewhere since `nbf` (else `iat`).
    pub max_age: Option<TimeDelta>,
    /// Longest from now to `exp`, and the difference of clocks: bounds how long a spent `jti` has to be remembered.
    pub max_ahead: Option<TimeDelta>,
}

impl TimeRules {
    /// Nothing required, whatever is present judged. A base for `..`.
    pub const LENIENT: Self = Self {
        require_exp: false,
        require_nbf: false,
        require_iat: false,
        max_lifetime: None,
        max_age: None,
        max_ahead: None,
    };

    /// Signed request objects: `nbf` and `exp` required, at most 60 minutes apart, `nbf` at most 60 minutes old
    /// (FAPI1-ADV-5.2.2-13 and -17, FAPI2-MS-ASP-5.3.1).
    pub const REQUEST_OBJECT: Self = Self {
        require_exp: true,
        require_nbf: true,
        max_lifetime: Some(TimeDelta::minutes(60)),
        max_age: Some(TimeDelta::minutes(60)),
        ..Self::LENIENT
    };

    /// Client assertions: `exp` required (RFC7523-3), at most an hour ahead, which is how long the `jti` is kept.
    pub const CLIENT_ASSERTION: Self = Self {
        require_exp: true,
        max_ahead: Some(TimeDelta::minutes(60)),
        ..Self::LENIENT
    };

    /// DPoP proofs: `iat` required (RFC9449-4.2), at most a minute old.
    pub const DPOP_PROOF: Self = Self {
        require_iat: true,
        max_age: Some(TimeDelta::seconds(60)),
        ..Self::LENIENT
    };

    /// Our own access tokens: `exp` and `iat` required (RFC9068-2.2).
    pub const ACCESS_TOKEN: Self = Self {
        require_exp: true,
        require_iat: true,
        ..Self::LENIENT
    };
}

/// The instants of a token that passed. What was absent is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub nbf: Option<Instant>,
    /// Expiry, in the future of the check. Present when the rules require it.
    pub exp: Option<Instant>,
    /// Issued at.
    pub iat: Option<Instant>,
}

impl Claims {
    /// Judges `exp`, `nbf` and `iat` against `now`.
    ///
    /// # Errors
    /// The first fault found, in the order: type and range, presence, future, expiry, age, lifetime.
    pub fn check_times(&self, now: Instant, rules: TimeRules) -> Result<Window, ClaimError> {
        let nbf = self.present("nbf", rules.require_nbf)?;
        let exp = self.present("exp", rules.require_exp)?;
        let iat = self.present("iat", rules.require_iat)?;
        for (name, at) in [("nbf", nbf), ("iat", iat)] {
            if at.is_some_and(|at| at - now > FUTURE_SKEW) {
                return Err(ClaimError::InFuture(name));
            }
        }
        if exp.is_some_and(|exp| exp <= now) {
            return Err(ClaimError::Expired);
        }
        let begin = nbf.or(iat);
        let born = if rules.require_iat { iat } else { begin };
        if exceeds(born.map(|born| now - born), rules.max_age) {
            return Err(ClaimError::TooOld);
        }
        let lifetime = exp.map(|exp| exp - begin.unwrap_or(now));
        let ahead = exp.map(|exp| exp - now);
        if lifetime.is_some_and(|lifetime| lifetime <= TimeDelta::zero())
            || exceeds(lifetime, rules.max_lifetime)
            || exceeds(ahead, rules.max_ahead.map(|most| most + FUTURE_SKEW))
        {
            return Err(ClaimError::Lifetime);
        }
        Ok(Window { nbf, exp, iat })
    }

    fn present(&self, name: &'static str, required: bool) -> Result<Option<Instant>, ClaimError> {
        match self.instant(name)? {
            None if required => Err(ClaimError::Missing(name)),
            at => Ok(at),
        }
    }
}

fn exceeds(length: Option<TimeDelta>, most: Option<TimeDelta>) -> bool {
    matches!((length, most), (Some(length), Some(most)) if length > most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;

    fn check(members: Value, rules: TimeRules) -> Result<Window, ClaimError> {
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        Claims::proven(members.as_object().unwrap().clone()).check_times(now, rules)
    }

    #[test]
    fn an_ordinary_request_object_passes() {
        let window = check(json!({"nbf": NOW, "exp": NOW + 300}), TimeRules::REQUEST_OBJECT).unwrap();
        assert_eq!(window.exp.unwrap().timestamp(), NOW + 300);
        assert_eq!(window.iat, None);
    }

    #[test]
    fn j20_missing_instants_are_refused_where_the_profile_needs_them() {
        assert_eq!(
            check(json!({"nbf": NOW}), TimeRules::REQUEST_OBJECT),
            Err(ClaimError::Missing("exp"))
        );
        assert_eq!(
            check(json!({"exp": NOW + 9}), TimeRules::REQUEST_OBJECT),
            Err(ClaimError::Missing("nbf"))
        );
        assert_eq!(
            check(json!({"iat": NOW}), TimeRules::CLIENT_ASSERTION),
            Err(ClaimError::Missing("exp"))
        );
        assert_eq!(
            check(json!({"exp": NOW + 9}), TimeRules::DPOP_PROOF),
            Err(ClaimError::Missing("iat"))
        );
    }

    #[test]
    fn a_sender_slightly_ahead_is_accepted_and_one_a_minute_ahead_is_not() {
        for ahead in [8, 10, 30] {
            let members = json!({"iat": NOW + ahead, "nbf": NOW + ahead, "exp": NOW + ahead + 60});
            assert!(check(members, TimeRules::CLIENT_ASSERTION).is_ok(), "{ahead}");
        }
        for ahead in [31, 60, 62] {
            let nbf = json!({"nbf": NOW + ahead, "exp": NOW + 300});
            assert_eq!(
                check(nbf, TimeRules::CLIENT_ASSERTION),
                Err(ClaimError::InFuture("nbf"))
            );
            let iat = json!({"iat": NOW + ahead, "exp": NOW + 300});
            assert_eq!(
                check(iat, TimeRules::CLIENT_ASSERTION),
                Err(ClaimError::InFuture("iat"))
            );
        }
    }

    #[test]
    fn expiry_has_no_grace() {
        assert!(check(json!({"exp": NOW + 1}), TimeRules::CLIENT_ASSERTION).is_ok());
        for exp in [NOW, NOW - 1, NOW - 300, 0] {
            assert_eq!(
                check(json!({"exp": exp}), TimeRules::CLIENT_ASSERTION),
                Err(ClaimError::Expired)
            );
        }
    }

    #[test]
    fn request_objects_live_and_age_an_hour_at_most() {
        let rules = TimeRules::REQUEST_OBJECT;
        assert!(check(json!({"nbf": NOW, "exp": NOW + 3600}), rules).is_ok());
        assert_eq!(
            check(json!({"nbf": NOW, "exp": NOW + 4200}), rules),
            Err(ClaimError::Lifetime)
        );
        assert_eq!(
            check(json!({"nbf": NOW - 4200, "exp": NOW + 60}), rules),
            Err(ClaimError::TooOld)
        );
        // An expiry before the beginning is no lifetime.
        assert_eq!(
            check(json!({"nbf": NOW + 20, "exp": NOW + 20}), rules),
            Err(ClaimError::Lifetime)
        );
    }

    #[test]
    fn an_assertion_that_would_have_to_be_remembered_for_long_is_refused() {
        let rules = TimeRules::CLIENT_ASSERTION;
        assert!(check(json!({"exp": NOW + 3610}), rules).is_ok());
        assert_eq!(
            check(json!({"exp": NOW + 7200}), rules),
            Err(ClaimError::Lifetime)
        );
        assert_eq!(
            check(json!({"exp": 253_402_300_799_i64}), rules),
            Err(ClaimError::Lifetime)
        );
    }

    #[test]
    fn a_dpop_proof_is_young() {
        let rules = TimeRules::DPOP_PROOF;
        for iat in [NOW - 10, NOW + 8, NOW - 60] {
            assert!(check(json!({"iat": iat}), rules).is_ok());
        }
        assert!(check(json!({"iat": NOW, "nbf": NOW, "exp": NOW + 300}), rules).is_ok());
        assert_eq!(check(json!({"iat": NOW - 3600}), rules), Err(ClaimError::TooOld));
        // An old proof is not made young by another claim.
        assert_eq!(
            check(json!({"iat": NOW - 3600, "nbf": NOW}), rules),
            Err(ClaimError::TooOld)
        );
        assert_eq!(
            check(json!({"iat": NOW + 3600}), rules),
            Err(ClaimError::InFuture("iat"))
        );
    }
}
