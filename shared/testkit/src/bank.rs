//! The bank's own applications at the two solution APIs: the consent application that decides, and the dashboard.

use domain::Clock;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{answer::Answer, recipient::Platform};

/// Where decisions are taken.
pub const RESOURCES: &str = "/external/authentication/v1/resources";
/// Where consents are looked at and changed.
pub const CONSENTS: &str = "/participant/user/v1/consents";

/// An application with its own credentials.
#[derive(Clone)]
pub struct Application {
    /// The platform that it calls.
    pub platform: Platform,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub secret: String,
    connection: Client,
}

impl Application {
    /// An application of that id and secret.
    pub fn new(platform: Platform, client_id: &str, secret: &str) -> Self {
        let connection = platform.channel(None);
        Self {
            platform,
            client_id: client_id.into(),
            secret: secret.into(),
            connection,
        }
    }

    /// A token with these scopes, by client credentials and a secret in the header.
    pub async fn token(&self, scope: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let request = self
            .connection
            .post(format!("{}/fdx/auth/v1/token", self.platform.public))
            .basic_auth(&self.client_id, Some(&self.secret))
            .form(&form);
        Answer::to(request)
            .await
            .expect(200)
            .member("access_token")
            .to_owned()
    }

    /// A request to a path of the public listener.
    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.platform.public);
        self.platform
            .request(&self.connection, method, &url)
            .bearer_auth(token)
    }

    /// An authentication resource: its version, and itself.
    pub async fn resource(&self, token: &str, resource_id: &str) -> Answer {
        Answer::to(self.request(Method::GET, &format!("{RESOURCES}/{resource_id}"), token)).await
    }

    /// Decides.
    pub async fn decide(&self, token: &str, resource_id: &str, version: &str, decision: &Value) -> Answer {
        let request = self.request(Method::PATCH, &format!("{RESOURCES}/{resource_id}"), token);
        Answer::to(request.header("if-match", version).json(decision)).await
    }

    /// A yes of that consumer for these accounts.
    pub fn approval(&self, user_id: &str, accounts: &[&str]) -> Value {
        let now = self.platform.clock.now();
        let accounts: Vec<_> = accounts.iter().map(|id| json!({"accountId": id})).collect();
        json!({
            "status": "APPROVED", "userId": user_id, "accounts": accounts,
            "authentication": {"authenticatedAt": now, "acr": "urn:bank:password", "amr": ["pwd"]},
            "termsAndConditionsVersion": "1", "acknowledgedAt": now,
        })
    }
}
