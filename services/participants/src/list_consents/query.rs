//! Which of a consumer's consents are asked for.

use std::{collections::BTreeSet, str::FromStr as _};

use actix_web::web;
use domain::{ClientId, Instant, UserId};
use http::{limits, paging};
use store::consent_lists::Window;

use crate::status::UserConsentStatus;

/// What is asked for, of `userId=...&status=...&status=...`: a name may come more than once for `status` alone.
pub(super) struct Query {
    pub(super) user_id: UserId,
    pub(super) client_id: Option<ClientId>,
    pub(super) states: Vec<UserConsentStatus>,
    pub(super) created: Window,
    pub(super) expires: Window,
    pub(super) limit: u16,
    pub(super) page_key: Option<String>,
}

/// Most parameters: each name once, and each status.
const PARAMETERS: usize = 16;

impl Query {
    /// `None` when a name is missing, unknown, or there more often than it may be, or a value is not one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut query = Self {
            user_id: "-".parse().ok()?,
            client_id: None,
            states: vec![],
            created: Window::default(),
            expires: Window::default(),
            limit: limits::PAGE_DEFAULT,
            page_key: None,
        };
        let parameters = web::Query::<Vec<(String, String)>>::from_query(text)
            .ok()?
            .into_inner();
        let mut seen = BTreeSet::new();
        for (name, value) in &parameters {
            let is_new = seen.insert(name.as_str());
            if !(is_new || name == "status") || parameters.len() > PARAMETERS {
                return None;
            }
            let instant = || Instant::from_str(value).ok().map(Some);
            match name.as_str() {
                "userId" => query.user_id = value.parse().ok()?,
                "clientId" => query.client_id = Some(value.parse().ok()?),
                "status" => query.states.push(status(value)?),
                "createdFrom" => query.created.from = instant()?,
                "createdTo" => query.created.to = instant()?,
                "expiresFrom" => query.expires.from = instant()?,
                "expiresTo" => query.expires.to = instant()?,
                "limit" => {
                    query.limit = paging::limit(Some(value.parse().ok()?), limits::PAGE_DEFAULT).ok()?
                }
                "pageKey" => query.page_key = Some(value.clone()),
                _ => return None,
            }
        }
        query.states.sort_unstable();
        query.states.dedup();
        seen.contains("userId").then_some(query)
    }

    /// Everything that a cursor is good for: the list of this consumer, with these filters (N05).
    pub(super) fn context(&self) -> String {
        let Self {
            user_id,
            client_id,
            states,
            created,
            expires,
            ..
        } = self;
        format!("user consents {user_id:?} {client_id:?} {states:?} {created:?} {expires:?}")
    }
}

fn status(word: &str) -> Option<UserConsentStatus> {
    serde_json::from_value(word.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_what_there_is_and_nothing_twice() {
        let query = Query::read(
            "userId=a%20b&status=ACTIVE&status=ON_HOLD&createdFrom=2026-11-22T12:00:00Z&limit=100",
        )
        .unwrap();
        assert_eq!(query.user_id.as_str(), "a b");
        assert_eq!(
            query.states,
            [UserConsentStatus::Active, UserConsentStatus::OnHold]
        );
        assert!(query.created.from.is_some() && query.created.to.is_none());
        for bad in [
            "",
            "userId=",
            "status=ACTIVE",
            "userId=a&userId=b",
            "userId=a&more=1",
            "userId=a&status=active",
            "userId=a&limit=0",
            "userId=a&limit=101",
            "userId=a&createdFrom=yesterday",
            "userId=a&expiresTo=2026-11-22",
        ] {
            assert!(Query::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn n05_a_cursor_is_of_one_list() {
        let context = |text| Query::read(text).unwrap().context();
        let lists = [
            "userId=a",
            "userId=b",
            "userId=a&clientId=c",
            "userId=a&status=ACTIVE",
            "userId=a&createdFrom=2026-11-22T12:00:00Z",
            "userId=a&createdTo=2026-11-22T12:00:00Z",
        ];
        let contexts: BTreeSet<_> = lists.iter().map(|text| context(text)).collect();
        assert_eq!(contexts.len(), lists.len());
        assert_eq!(context("userId=a&limit=5"), context("userId=a"));
        assert_eq!(
            context("status=ACTIVE&status=ON_HOLD&userId=a"),
            context("userId=a&status=ON_HOLD&status=ACTIVE")
        );
    }
}
