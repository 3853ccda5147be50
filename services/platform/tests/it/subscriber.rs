//! A recipient that subscribes to events, its callback, and changes of consents that it is to hear of.

use domain::{
    ConsentId,
    consent::{PartyType, UpdateReason},
    id::random_uuid,
};
use lifecycle::{
    ledger::Actor,
    revoke::Revoke,
    suspend::{Suspend, Suspension},
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    jws::Key,
    receiver::{Reaction, Received, Receiver},
    recipient::Recipient,
};

use crate::{parties::ALL_SCOPES, stage::TestPlatform};

/// A recipient with a token for the event API.
pub(crate) struct Subscriber {
    pub(crate) recipient: Recipient,
    token: String,
}

/// A consent's events, in this order: HOLD, then REVOKE.
pub(crate) const HOLD: &str = "CONSENT_ON_HOLD";
pub(crate) const REVOKE: &str = "CONSENT_REVOKED";

impl TestPlatform {
    /// A recipient that may subscribe, and ask for everything else.
    pub(crate) async fn subscriber(&self) -> Subscriber {
        let scope = format!("{ALL_SCOPES} fdx:notifications:subscribe");
        let more = json!({ "scope": scope });
        let recipient = self
            .recipient_with("fapi2-security", Key::p256("signing"), more)
            .await;
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "fdx:notifications:subscribe"),
        ];
        let answer = recipient
            .post("/fdx/auth/v1/token", &form)
            .send()
            .await
            .expect(200);
        Subscriber {
            token: answer.member("access_token").to_owned(),
            recipient,
        }
    }

    /// A callback on this machine that reacts so.
    pub(crate) fn receiver(&self, react: impl Fn(&Received) -> Reaction + Send + Sync + 'static) -> Receiver {
        let (certificate, key) = self.server_certificate();
        let authority = self.authority.certificate_pem().unwrap();
        Receiver::start((&certificate, &key), &authority, react)
    }

    /// So many consents of that recipient, out of nothing: each a copy of one that was really given.
    pub(crate) async fn consents(&self, subscriber: &Subscriber, number: usize) -> Vec<String> {
        let consumer = self.consumer().await;
        let shared = self.share(&subscriber.recipient, &consumer).await;
        let mut session = self.database.session();
        let of = &shared.consent_id;
        session.execute(&format!(
            "CREATE TEMP TABLE copies AS SELECT * FROM consent_grants WHERE consent_id = '{of}';
             INSERT INTO consent_grants SELECT (jsonb_populate_record(copies, jsonb_build_object('consent_id', gen_random_uuid()))).*
             FROM copies, generate_series(1, {number})"
        ));
        session.texts(&format!(
            "SELECT consent_id::text AS value FROM consent_grants
             WHERE client_id = '{}' AND consent_id <> '{of}' ORDER BY 1",
            subscriber.recipient.client_id
        ))
    }

    /// Holds a consent, as its consumer would.
    pub(crate) async fn hold(&self, consent_id: &str) {
        let suspend = Suspend {
            consent_id: id(consent_id),
            suspension: Suspension::Hold { until: None },
            actor: Actor::Consumer,
            channel: "test",
            now: self.now(),
            event_id: random_uuid(&*self.platform.random),
        };
        let held = self.store.tx("hold", move |tx| {
            lifecycle::suspend::suspend(tx, &suspend, |_| true)
        });
        held.await.unwrap();
    }

    /// Ends a consent, as its consumer would.
    pub(crate) async fn revoke(&self, consent_id: &str) {
        let revoke = Revoke {
            consent_id: id(consent_id),
            actor: Actor::Consumer,
            initiator: PartyType::Individual,
            reason: UpdateReason::BusinessRule,
            channel: "test",
            now: self.now(),
            event_id: random_uuid(&*self.platform.random),
        };
        let revoked = self.store.tx("revoke", move |tx| {
            lifecycle::revoke::revoke(tx, &revoke, |_| true)
        });
        revoked.await.unwrap();
    }
}

impl Subscriber {
    /// Calls the event API.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let platform = &self.recipient.platform;
        let url = format!("{}/fdx/v6/events{path}", platform.mutual);
        let mut request = platform
            .request(&self.recipient.connection(), method, &url)
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::to(request).await
    }

    /// Asks to hear of that type of event at that callback.
    pub(crate) async fn ask(&self, event_type: &str, callback_url: &str) -> Answer {
        let body = json!({
            "type": event_type, "category": "CONSENT", "callbackUrl": callback_url,
            "subscriber": {"name": "Budget", "type": "DATA_RECIPIENT"}, "subscriptionId": event_type,
        });
        self.call(Method::POST, "/notification-subscriptions", Some(&body))
            .await
    }

    /// Subscribes to that type of event.
    pub(crate) async fn subscribe(&self, event_type: &str, callback_url: &str) {
        self.ask(event_type, callback_url).await.expect(201);
    }

    /// The delivery log of that subscription: `(sequence, state, attempts, last outcome)`, in order.
    pub(crate) fn log(&self, platform: &TestPlatform, subscription_id: &str) -> Vec<String> {
        platform.database.session().texts(&format!(
            "SELECT concat_ws(' ', n.sequence, n.state, n.attempts, n.last_outcome) AS value
             FROM notifications n JOIN notification_subscriptions s USING (subscription_key)
             WHERE s.client_id = '{}' AND s.subscription_id = '{subscription_id}' ORDER BY n.sequence",
            self.recipient.client_id
        ))
    }
}

fn id(consent_id: &str) -> ConsentId {
    ConsentId::from_uuid(consent_id.parse().unwrap())
}

/// The consent that a notification is about, and what happened to it.
pub(crate) fn about(received: &Received) -> (String, String) {
    let body = received.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&body["notificationPayload"]["id"]), text(&body["type"]))
}
