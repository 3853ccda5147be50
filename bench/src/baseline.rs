//! What the platform is held against, in a process of its own over the same TLS with as many workers.
//!
//! | handler | token | read |
//! |---|---|---|
//! | `floor` | verifies the assertion or the certificate, signs a token | knows the token's signature, answers fixed bytes |
//! | `statement` | and spends and writes in one statement | and reads the same rows in one statement |
//!
//! Its statements are prepared, and planned as Postgres does by itself: for many of them, anew each time.
//!
//! Neither does what else a platform must: no form of other grants, no disclosure, no headers, no log.

use std::{convert::Infallible, fs, io, net::Ipv4Addr, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, HttpServer, get, post, web};
use chrono::{Duration, DurationRound as _};
use config::Settings;
use domain::{ClientId, Instant, TokenId};
use http::{
    App, Code, Connection, Endpoints, FdxCaller, FdxError, KnownClient, Listener, OAuthError, OAuthForm,
    SystemClock,
};
use jose::{Algorithm, Compact, SystemRandom, TimeRules};
use mtls::ServerIdentity;
use secrecy::ExposeSecret as _;
use serde_json::json;
use store::{
    Store,
    issue::{Issue, Issued, ProvenClient, Spend},
};

use crate::failure::{Failure, While as _};

/// Longest that the statement may take to be asked for; the platform's own patience.
type Body = web::Data<web::Bytes>;

const NOT_PROVEN: OAuthError = OAuthError::invalid_client("not proven");
const INTERNAL: OAuthError = OAuthError::new(Code::Internal, "internal error");

/// Serves until standard input ends.
///
/// # Errors
/// [`Failure`] when it cannot start.
pub(crate) fn serve(arguments: &crate::Baseline) -> Result<(), Failure> {
    let mut settings = Settings::load(Some(&arguments.settings), []).during("reading the settings")?;
    settings.database.url = planned_by_default(settings.database.url.expose_secret()).into();
    let read = |path: &std::path::PathBuf| fs::read(path).during(path.display());
    let identity = ServerIdentity::from_pem(&read(&settings.tls.certificate)?, &read(&settings.tls.key)?)
        .during("the server's certificate")?;
    let acceptor = mtls::mutual_acceptor(&identity).during("the server's TLS")?;
    let body = web::Data::new(web::Bytes::from(read(&arguments.body)?));
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        std::process::exit(0);
    });
    actix_web::rt::System::new().block_on(async {
        let app = App::new(
            &settings,
            Endpoints::new(&settings.urls.public, &settings.urls.mutual),
            settings.consent_application_url(),
            Store::open(&settings.database).during("opening the database")?,
            Arc::new(SystemClock),
            Arc::new(SystemRandom),
        );
        let app = web::Data::new(app.await.during("starting")?);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        HttpServer::new(move || {
            actix_web::App::new()
                .app_data(app.clone())
                .app_data(body.clone())
                .service(floor_token)
                .service(statement_token)
                .service(floor_accounts)
                .service(statement_accounts)
        })
        .workers(cores)
        .worker_max_blocking_threads(settings.database.pool_size.get() as usize + 4)
        .on_connect(http::connection::on_connect(Listener::Mutual))
        .listen_openssl(
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).during("listening")?,
            acceptor,
        )
        .during("listening")?
        .run()
        .await
        .during("serving")
    })
}

#[post("/floor/token")]
async fn floor_token(
    app: web::Data<App>,
    request: HttpRequest,
    form: OAuthForm,
) -> Result<HttpResponse, OAuthError> {
    let proven = Proven::of(&app, &request, &form).await?;
    proven.respond(&app)
}

#[post("/statement/token")]
async fn statement_token(
    app: web::Data<App>,
    request: HttpRequest,
    form: OAuthForm,
) -> Result<HttpResponse, OAuthError> {
    let proven = Proven::of(&app, &request, &form).await?;
    let issue = proven.issue.clone();
    let issued = app
        .store
        .once::<_, Infallible, _>("statement_token", move |tx| Ok(store::alone::issue(tx, &issue)?))
        .await?;
    if issued != Issued::Issued {
        return Err(NOT_PROVEN);
    }
    proven.respond(&app)
}

#[get("/floor/accounts")]
async fn floor_accounts(caller: FdxCaller, body: Body) -> HttpResponse {
    drop(caller);
    answer(&body)
}

#[get("/statement/accounts")]
async fn statement_accounts(
    app: web::Data<App>,
    caller: FdxCaller,
    body: Body,
) -> Result<HttpResponse, FdxError> {
    let token = caller.token.reference();
    let read = app
        .store
        .once::<_, Infallible, _>("statement_accounts", move |tx| {
            Ok(store::alone::read_accounts(tx, token)?)
        })
        .await?;
    let (_, rows) = caller.admit_read(read)?;
    if rows.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok(answer(&body))
}

/// The database's URL, with statements planned as Postgres does when nobody tells it otherwise.
fn planned_by_default(url: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20plan_cache_mode%3Dauto")
}

fn answer(body: &Body) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(web::Bytes::clone(body))
}

/// A client proven by its assertion or its certificate, and the token that it is about to get.
struct Proven {
    issue: Issue,
    now: Instant,
}

impl Proven {
    async fn of(app: &App, request: &HttpRequest, form: &OAuthForm) -> Result<Self, OAuthError> {
        let now = app.now();
        let assertion = form.get("client_assertion").map(Compact::parse).transpose();
        let assertion = assertion.map_err(|_| NOT_PROVEN)?;
        let named = match &assertion {
            Some(assertion) => assertion.unverified_claim_str("sub"),
            None => form.get("client_id").map(str::to_owned),
        };
        let client_id: ClientId = named.and_then(|id| id.parse().ok()).ok_or(NOT_PROVEN)?;
        let known = app
            .clients
            .remembered(&app.store, &client_id)
            .await?
            .ok_or(NOT_PROVEN)?;
        let spend = match &assertion {
            Some(assertion) => Some(check(app, &known, assertion, now).ok_or(NOT_PROVEN)?),
            None => {
                check_certificate(app, &known, request, now).ok_or(NOT_PROVEN)?;
                None
            }
        };
        let issued_at = now.duration_trunc(Duration::seconds(1)).unwrap_or(now);
        let issue = Issue {
            client: ProvenClient {
                client_id,
                version: known.client.version,
                spend,
            },
            token_id: TokenId::mint(now, app.random()),
            issued_at,
            expires_at: issued_at + Duration::seconds(300),
        };
        Ok(Self { issue, now })
    }

    fn respond(&self, app: &App) -> Result<HttpResponse, OAuthError> {
        let client_id = self.issue.client.client_id.as_str();
        let claims = json!({
            "iss": app.endpoints.issuer, "sub": client_id, "aud": app.endpoints.fdx_audience(),
            "exp": self.issue.expires_at.timestamp(), "iat": self.issue.issued_at.timestamp(),
            "jti": self.issue.token_id, "client_id": client_id, "azp": client_id, "scope": "fdx:accountbasic:read",
            // As long as a true one.
            "cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"},
        });
        let token = app
            .keys
            .ring()
            .sign(Algorithm::Es256, "at+jwt", &claims, self.now);
        Ok(HttpResponse::Ok().json(json!({
            "access_token": token.map_err(|_| INTERNAL)?, "token_type": "Bearer", "expires_in": 300,
            "scope": "fdx:accountbasic:read",
        })))
    }
}

/// Follows the chain of the connection's certificate, once a connection, and compares the registered name.
fn check_certificate(app: &App, known: &KnownClient, request: &HttpRequest, now: Instant) -> Option<()> {
    let rule = known.client.metadata.subject_rule()?;
    let connection = Connection::of(request);
    let trusted = connection.trusted(app.authorities()?, now).ok()?;
    trusted.satisfies(&rule).then_some(())
}

/// Verifies an assertion and gives what it spends.
fn check(app: &App, known: &KnownClient, token: &Compact<'_>, now: Instant) -> Option<Spend> {
    let claims = known.keys.as_ref()?.verify(token, Algorithm::FAPI).ok()?;
    let (client_id, issuer) = (known.client.client_id.as_str(), app.endpoints.issuer.as_str());
    let ours = claims.required_str("iss").ok()? == client_id
        && claims.required_str("sub").ok()? == client_id
        && claims.audience().ok()? == [issuer];
    let window = claims.check_times(now, TimeRules::CLIENT_ASSERTION).ok()?;
    let hash = jose::sha256(format!(
        "bench\0{client_id}\0{}",
        claims.required_str("jti").ok()?
    ));
    let spend = Spend {
        spent_id: uuid::Uuid::from_slice(hash.get(..16)?).ok()?,
        ends_on: window.exp?.date_naive(),
    };
    ours.then_some(spend)
}
