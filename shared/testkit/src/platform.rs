//! Where the platform is, how its answers are trusted, and what everybody who calls it shares.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Random, id::random_uuid};
use reqwest::{Certificate, Client, Identity, Method, RequestBuilder, redirect::Policy};

use crate::{PATIENCE, chance::SeededRandom, clock::TestClock};

/// Where the platform is, and how its answers are trusted.
#[derive(Clone)]
pub struct Platform {
    /// Issuer, and origin of the public listener.
    pub public: String,
    /// Origin of the mutual-TLS listener.
    pub mutual: String,
    /// The authority of its certificates, PEM.
    pub ca: Vec<u8>,
    /// Its clock.
    pub clock: TestClock,
    /// Chance for whoever calls it.
    pub random: Arc<SeededRandom>,
    /// A client of HTTP without certificate, for everybody: to make one takes longer than a request. It keeps no connection,
    /// since each test has a runtime of its own.
    pub plain: Client,
}

impl Platform {
    /// Text that nobody had before: 43 characters.
    pub fn fresh(&self) -> String {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A platform at these origins, with this authority (PEM).
    pub fn new(public: &str, mutual: &str, ca: Vec<u8>, clock: TestClock, random: Arc<SeededRandom>) -> Self {
        let plain = client(&ca).pool_max_idle_per_host(0).build().unwrap();
        Self {
            public: public.to_owned(),
            mutual: mutual.to_owned(),
            ca,
            clock,
            random,
            plain,
        }
    }

    /// A client of HTTP that trusts the platform, with this certificate and key (PEM) if there are some.
    pub fn channel(&self, identity: Option<(&[u8], &[u8])>) -> Client {
        match identity {
            None => self.plain.clone(),
            Some((certificate, key)) => {
                let identity = Identity::from_pkcs8_pem(certificate, key).unwrap();
                client(&self.ca).identity(identity).build().unwrap()
            }
        }
    }

    /// A request to a path of the mutual-TLS listener with an interaction id of its own.
    pub fn request(&self, connection: &Client, method: Method, url: &str) -> RequestBuilder {
        let id = random_uuid(&*self.random).to_string();
        connection
            .request(method, url)
            .header("x-fapi-interaction-id", id)
    }
}

/// Trusts this authority alone, and goes nowhere by itself.
fn client(ca: &[u8]) -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .tls_certs_only([Certificate::from_pem(ca).unwrap()])
        .no_proxy()
        .timeout(PATIENCE)
}
