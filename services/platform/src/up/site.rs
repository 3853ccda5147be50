//! A data recipient's web site, so that a person can do the journey by hand: connect a bank, look, refresh, and see it end.
//!
//! One visitor at a time: what it holds, it holds once. It is a client of the platform like any other, with the keys of one
//! registered client.

use std::sync::Mutex;

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    get,
    http::header::{ContentType, LOCATION},
    post, web,
};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::pages;
use crate::{
    recipient::{Answer, Authorization, AuthorizationServer, Failure, Recipient},
    stage::{Facts, StageError},
};

/// The path of the redirect URI.
pub(super) const CALLBACK: &str = "/callback";

/// The site: who it is, and what it holds for its visitor.
pub(super) struct Site {
    recipient: Recipient<'static>,
    discovery: String,
    fdx: String,
    waiting: Mutex<Option<Authorization>>,
    tokens: Mutex<Option<Tokens>>,
}

#[derive(Clone)]
struct Tokens {
    access_token: String,
    refresh_token: String,
}

impl Site {
    pub(super) fn new(recipient: Recipient<'static>, facts: &Facts) -> Self {
        Self {
            recipient,
            discovery: facts.discovery.clone(),
            fdx: facts.fdx.clone(),
            waiting: Mutex::default(),
            tokens: Mutex::default(),
        }
    }

    /// Serves it with the stage's own certificate.
    pub(super) fn serve(
        self,
        port: u16,
        identity: &mtls::ServerIdentity,
    ) -> Result<ServerHandle, StageError> {
        let failed = |reason: String| StageError::Site { port, reason };
        let acceptor = mtls::public_acceptor(identity).map_err(|error| failed(error.to_string()))?;
        let site = web::Data::new(self);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(site.clone())
                .service(home)
                .service(connect)
                .service(callback)
                .service(accounts)
                .service(transactions)
                .service(refresh)
        })
        .workers(1)
        .disable_signals()
        .bind_openssl(("127.0.0.1", port), acceptor)
        .map_err(|error| failed(error.to_string()))?
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(handle)
    }

    async fn server(&self) -> Result<AuthorizationServer, Failure> {
        let metadata = self.recipient.get(&self.discovery, None).await?.expect(200)?;
        let jwks = self
            .recipient
            .get(&metadata.text("jwks_uri")?, None)
            .await?
            .expect(200)?;
        AuthorizationServer::new(&metadata.body, &jwks.body)
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Result<Answer, Failure> {
        let server = self.server().await?;
        let url = server.endpoint("token_endpoint")?;
        self.recipient
            .post(url, &server.issuer, fields)
            .await?
            .expect(200)
    }

    fn held(&self) -> Option<Tokens> {
        self.tokens.lock().ok()?.clone()
    }

    fn hold(&self, tokens: Tokens) {
        if let Ok(mut held) = self.tokens.lock() {
            *held = Some(tokens);
        }
    }

    async fn read(&self, path: &str) -> Result<Value, Failure> {
        let tokens = self.held().ok_or_else(|| Failure::new("no bank is connected"))?;
        let url = format!("{}{path}", self.fdx);
        Ok(self
            .recipient
            .get(&url, Some(&tokens.access_token))
            .await?
            .expect(200)?
            .body)
    }
}

type Answered = Result<HttpResponse, Failure>;

impl actix_web::ResponseError for Failure {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::BadGateway()
            .content_type(ContentType::html())
            .body(pages::failed(&self.to_string()))
    }
}

fn page(html: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::html()).body(html)
}

fn go(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
}

#[get("/")]
async fn home(site: web::Data<Site>) -> HttpResponse {
    page(pages::home(site.held().is_some()))
}

/// Pushes the request and sends the browser to the bank.
#[post("/connect")]
async fn connect(site: web::Data<Site>) -> Answered {
    let server = site.server().await?;
    let authorization = Authorization::new(&site.recipient);
    let request = authorization.request_object(&site.recipient, &server)?;
    let url = server.endpoint("pushed_authorization_request_endpoint")?;
    let pushed = site
        .recipient
        .post(url, &server.issuer, &[("request", &request)])
        .await?
        .expect(201)?;
    let there = Url::parse_with_params(
        server.endpoint("authorization_endpoint")?,
        [
            ("client_id", site.recipient.client_id.as_str()),
            ("request_uri", &pushed.text("request_uri")?),
        ],
    )
    .map_err(|_| Failure::new("the authorization endpoint is no URL"))?;
    if let Ok(mut waiting) = site.waiting.lock() {
        *waiting = Some(authorization);
    }
    Ok(go(there.as_str()))
}

#[derive(Deserialize)]
struct Response {
    response: String,
}

/// The browser is back: the signed response is verified, the code redeemed.
#[get("/callback")]
async fn callback(site: web::Data<Site>, query: web::Query<Response>) -> Answered {
    let waiting = site.waiting.lock().ok().and_then(|mut waiting| waiting.take());
    let authorization = waiting.ok_or_else(|| Failure::new("nothing was asked from here"))?;
    let claims = Authorization::response(&site.recipient, &site.server().await?, &query.response)?;
    let text = |name| claims.str(name).ok().flatten().unwrap_or_default().to_owned();
    if text("state") != authorization.state {
        return Err(Failure::new("the response answers another request"));
    }
    if !text("error").is_empty() {
        return Err(Failure::new(format!("the bank answered: {}", text("error"))));
    }
    let answer = site
        .token(&[
            ("grant_type", "authorization_code"),
            ("code", &text("code")),
            ("redirect_uri", &site.recipient.redirect_uri),
            ("code_verifier", &authorization.code_verifier),
        ])
        .await?;
    site.hold(Tokens {
        access_token: answer.text("access_token")?,
        refresh_token: answer.text("refresh_token")?,
    });
    Ok(go("/accounts"))
}

#[get("/accounts")]
async fn accounts(site: web::Data<Site>) -> Answered {
    Ok(page(pages::accounts(&site.read("/core/accounts").await?)))
}

#[get("/accounts/{account_id}")]
async fn transactions(site: web::Data<Site>, account_id: web::Path<String>) -> Answered {
    // One segment of a path, whatever the id holds.
    let mut url = Url::parse("https://fdx.invalid").map_err(|_| Failure::new("no URL"))?;
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend(["core", "accounts", &account_id, "transactions"]);
    }
    let today = site.recipient.now().date_naive();
    url.query_pairs_mut()
        .append_pair("startDate", &(today - chrono::Duration::days(365)).to_string())
        .append_pair("endDate", &today.to_string())
        .append_pair("limit", "50");
    let path = url.as_str().trim_start_matches("https://fdx.invalid").to_owned();
    Ok(page(pages::transactions(&site.read(&path).await?)))
}

#[post("/refresh")]
async fn refresh(site: web::Data<Site>) -> Answered {
    let tokens = site.held().ok_or_else(|| Failure::new("no bank is connected"))?;
    let answer = site
        .token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.refresh_token),
        ])
        .await?;
    site.hold(Tokens {
        access_token: answer.text("access_token")?,
        ..tokens
    });
    Ok(go("/accounts"))
}
