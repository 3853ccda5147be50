//! What is asked of the consumer: `authorization_details`, or the scopes alone. Both say the same, or the request is
//! refused (O21): the consumer sees one list.

use domain::{
    AuthorizationDetails,
    authorization_details::{ConsentRequest, InvalidAuthorizationDetails},
    consent::{DurationType, Terms},
    policy::PolicyError,
};
use http::{Code, OAuthError};

use super::{Asked, Draft};

pub(super) fn understood(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let details = asked
        .parameters
        .json("authorization_details")
        .map_err(|_| invalid("authorization_details is not JSON"))?;
    draft.had_authorization_details = details.is_some();
    let request = match details {
        Some(json) => {
            let request = AuthorizationDetails::from_json(json)
                .map_err(refused)?
                .into_consent_request();
            if !request.matches(&draft.scope) {
                let mismatch = "the scopes and the data clusters of authorization_details do not match";
                return Err(OAuthError::new(Code::InvalidScope, mismatch));
            }
            request
        }
        None => from_scopes(asked, draft),
    };
    let terms: Terms = asked
        .policy
        .terms(&request, asked.client.limits())
        .map_err(outside)?;
    let asks_for_data = !request.data_clusters().is_empty();
    draft.consent = Some((asks_for_data.then_some(request), terms));
    Ok(())
}

/// A request by scopes alone asks for as long as the client registered, or as the policy gives.
fn from_scopes(asked: &Asked<'_>, draft: &Draft) -> ConsentRequest {
    let limits = asked.client.limits();
    let duration_type = match limits.duration_days {
        Some(_) => DurationType::TimeBound,
        None => DurationType::Persistent,
    };
    let duration = limits
        .duration_days
        .map(|days| days.min(asked.policy.longest_days));
    let lookback = limits
        .lookback_days
        .map(|days| days.min(asked.policy.longest_lookback_days));
    ConsentRequest::for_accounts(duration_type, duration, lookback, draft.scope.clusters())
}

const fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(Code::InvalidAuthorizationDetails, description)
}

fn refused(error: InvalidAuthorizationDetails) -> OAuthError {
    invalid(match error {
        InvalidAuthorizationDetails::Shape => {
            "authorization_details is not an array of one fdx_v1.0 consent request"
        }
        InvalidAuthorizationDetails::Resources => {
            "only accounts, with at least one data cluster, can be requested"
        }
    })
}

fn outside(error: PolicyError) -> OAuthError {
    match error {
        PolicyError::NoPeriod => invalid("durationPeriod is required for TIME_BOUND"),
        PolicyError::Period => invalid("durationPeriod is outside the range that this provider allows"),
        PolicyError::Lookback => invalid("lookbackPeriod is outside the range that this provider allows"),
        PolicyError::Cluster => OAuthError::new(
            Code::InvalidScope,
            "a data cluster is not offered by this provider",
        ),
    }
}
