//! What a recipient sends to the authorization server, before it is sent: every part can be replaced.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::{answer::Answer, jws::Token};

/// A form that is sent to the authorization server.
#[derive(Clone)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// The parameters in their order.
    pub form: Vec<(String, String)>,
    /// The assertion that is added, if one is.
    pub assertion: Option<Token>,
    /// The DPoP proof that is added, if one is (RFC 9449).
    pub proof: Option<Token>,
    /// Over which connection.
    pub connection: Client,
    pub(crate) method: Method,
}

/// An authorization request that is pushed.
#[derive(Clone)]
pub struct Push {
    /// The form, without the request.
    pub post: Post,
    /// The request: its claims, or the parameters of the form.
    pub request: Token,
    /// Whether it is sent as a request object.
    pub signed: bool,
    /// The verifier that belongs to the challenge.
    pub verifier: String,
}

/// A request that was pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// What came back.
    pub request_uri: String,
    /// The verifier that belongs to it.
    pub verifier: String,
    /// The state that was sent.
    pub state: String,
    /// The nonce that was sent.
    pub nonce: String,
}

/// Tokens of a grant.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// The refresh token, if there is one.
    pub refresh_token: Option<String>,
    /// The whole answer.
    pub json: Value,
}

impl Post {
    /// With this parameter in place of the one of that name, if there is one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.form.push((name.into(), value.into()));
        self
    }

    /// Without the parameter of that name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.form.retain(|(field, _)| field != name);
        self
    }

    /// With its assertion changed.
    ///
    /// # Panics
    /// When it has none.
    #[must_use]
    pub fn asserting(mut self, change: impl FnOnce(Token) -> Token) -> Self {
        self.assertion = Some(change(self.assertion.expect("a client that asserts")));
        self
    }

    /// By another method of HTTP.
    #[must_use]
    pub fn by(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Over another connection.
    #[must_use]
    pub fn over(mut self, connection: Client) -> Self {
        self.connection = connection;
        self
    }

    /// Sends it.
    pub async fn send(&self) -> Answer {
        Answer::to(self.request()).await
    }

    /// As it is sent.
    pub fn request(&self) -> RequestBuilder {
        let mut form = self.form.clone();
        if let Some(assertion) = &self.assertion {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form.push(("client_assertion_type".into(), kind.into()));
            form.push(("client_assertion".into(), assertion.compact()));
        }
        let mut request = self
            .connection
            .request(self.method.clone(), &self.url)
            .form(&form);
        if let Some(proof) = &self.proof {
            request = request.header("DPoP", proof.compact());
        }
        request
    }

    /// With a DPoP proof.
    #[must_use]
    pub fn proving(mut self, proof: Token) -> Self {
        self.proof = Some(proof);
        self
    }

    /// Sends it, and it must give tokens.
    pub async fn tokens(&self) -> Tokens {
        let answer = self.send().await.expect(200);
        let refresh_token = answer.json["refresh_token"].as_str().map(Into::into);
        Tokens {
            access_token: answer.member("access_token").into(),
            refresh_token,
            json: answer.json,
        }
    }
}

impl Push {
    /// With its request changed.
    #[must_use]
    pub fn asking(mut self, change: impl FnOnce(Token) -> Token) -> Self {
        self.request = change(self.request);
        self
    }

    /// With its form changed.
    #[must_use]
    pub fn posting(mut self, change: impl FnOnce(Post) -> Post) -> Self {
        self.post = change(self.post);
        self
    }

    /// As plain parameters, whatever this recipient does otherwise.
    #[must_use]
    pub fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    /// Pushes it.
    pub async fn send(&self) -> Answer {
        self.post().send().await
    }

    /// The form that pushes it.
    pub fn post(&self) -> Post {
        let mut post = self.post.clone();
        if self.signed {
            post = post.with("request", &self.request.compact());
        } else {
            for (name, value) in self.request.claims.as_object().unwrap() {
                if !["iss", "aud", "nbf", "iat", "exp", "client_id"].contains(&name.as_str()) {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    post = post.with(name, &text);
                }
            }
        }
        post
    }

    /// Pushes it, and it must be kept.
    pub async fn pushed(&self) -> Pushed {
        let answer = self.send().await.expect(201);
        let text = |name: &str| self.request.claims[name].as_str().unwrap_or_default().to_owned();
        Pushed {
            request_uri: answer.member("request_uri").into(),
            verifier: self.verifier.clone(),
            state: text("state"),
            nonce: text("nonce"),
        }
    }
}
