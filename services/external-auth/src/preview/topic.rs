//! What would be told of the consumer themself: a topic is a scope of OpenID Connect and the claims that it opens.

use disclosure::preview;
use domain::{IdentityClaims, identity::Topic};
use serde::Serialize;
use store::customers::CustomerRecord;

use super::PreviewedMember;

/// What one topic would tell.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PreviewedTopic {
    /// The scope that opens it.
    scope: &'static str,
    /// Its name for people.
    label: &'static str,
    /// The claims that have a value. May be none.
    members: Vec<PreviewedMember>,
}

impl PreviewedTopic {
    /// All that are asked, from the bank's record of the consumer.
    pub(super) fn all(asked: Vec<Topic>, record: Option<CustomerRecord>) -> Vec<Self> {
        let known = lifecycle::identity::known(IdentityClaims::default(), record);
        let topic = |topic: Topic| {
            let told = known.only(topic.claims.iter().map(String::as_str));
            Self {
                scope: topic.scope,
                label: topic.label,
                members: preview::identity(&told)
                    .into_iter()
                    .map(PreviewedMember::of)
                    .collect(),
            }
        };
        asked.into_iter().map(topic).collect()
    }
}
