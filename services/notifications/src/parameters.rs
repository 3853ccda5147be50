//! The query of `GET /fdx/v6/events/notifications`.

use domain::{ClientId, notification::SubscriptionId};
use http::{App, FdxError, Query, query::invalid};
use store::notifications::NotificationRow;

use crate::paging::List;

/// The parameters that are known here.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// Only of this subscription. Kept as it came: what is no name is absent.
    pub(crate) subscription_id: Option<String>,
    /// Only from this sequence of a subscription on; 0 when it was not said.
    pub(crate) from_sequence: i64,
    /// Sealed.
    pub(crate) updated_since: Option<String>,
    /// Sealed, from `pageKey` or its older name `offset`.
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u16,
    pub(crate) data_recipient_id: Option<String>,
}

impl Parameters {
    /// Reads a query.
    ///
    /// # Errors
    /// 400 with code 401.
    pub(crate) fn read(query: &Query) -> Result<Self, FdxError> {
        let owned = |value: Option<&str>| value.map(str::to_owned);
        let subscription_id = owned(query.once("subscriptionId")?);
        if subscription_id
            .as_ref()
            .is_some_and(|id| id.parse::<SubscriptionId>().is_err())
        {
            return Err(invalid("subscriptionId must be 1 to 64 letters, digits or -._~"));
        }
        Ok(Self {
            subscription_id,
            from_sequence: query.number("fromSequence")?.map_or(0, i64::from),
            updated_since: owned(query.once("updatedSince")?),
            cursor: owned(query.either("pageKey", "offset")?),
            limit: query.limit()?,
            data_recipient_id: owned(query.once("dataRecipientId")?),
        })
    }

    /// The list that these ask for.
    pub(crate) fn list<'a>(&self, app: &'a App, client_id: &ClientId) -> List<'a> {
        let mut filters = String::new();
        if let Some(id) = &self.subscription_id {
            filters += &format!("&subscriptionId={id}");
        }
        if self.from_sequence > 0 {
            filters += &format!("&fromSequence={}", self.from_sequence);
        }
        List {
            app,
            path: "/fdx/v6/events/notifications".to_owned(),
            context: format!("notifications {client_id}{filters}"),
            filters,
            limit: self.limit,
        }
    }

    /// What an update id is good for. It says nothing of a sequence: it is one itself.
    pub(crate) fn updates(&self, client_id: &ClientId) -> String {
        let of = self.subscription_id.as_deref().unwrap_or("*");
        format!("updates {client_id} {of}")
    }

    /// Where a notification stands in the list: by its sequence within one subscription, else by its position.
    pub(crate) fn position(&self, row: &NotificationRow) -> i64 {
        match self.subscription_id {
            Some(_) => row.sequence,
            None => row.position,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Parameters, FdxError> {
        Parameters::read(&Query::read(query)?)
    }

    #[test]
    fn n05_only_numbers_and_names_are_taken() {
        let parameters = read("fromSequence=7&subscriptionId=mine&limit=3&x=y").unwrap();
        assert_eq!((parameters.from_sequence, parameters.limit), (7, 3));
        assert_eq!(read("").unwrap().from_sequence, 0);
        for query in [
            "fromSequence=-1",
            "fromSequence=1e3",
            "fromSequence=99999999999999999999",
            "fromSequence=",
            "subscriptionId=",
            "subscriptionId=a%26b",
            "subscriptionId=a%0d%0a",
            "limit=0",
            "pageKey=a&offset=b",
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }
}
