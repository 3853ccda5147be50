//! The consumer's browser: follows redirects, keeps cookies, fills in forms, runs no script.

use std::collections::BTreeMap;

use reqwest::{
    Client, Method, Response,
    header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE},
    redirect::Policy,
};
use url::Url;

use super::html::{Form, Page};
use crate::recipient::{Failure, PATIENCE};

/// Most redirects in a row.
const MOST_REDIRECTS: u32 = 10;

/// Where a click led.
pub(super) enum Landed {
    /// On a page.
    Page(Box<Opened>),
    /// At the recipient's redirect URI, which this browser does not open: the recipient takes over.
    Callback(Url),
}

/// An open page.
pub(super) struct Opened {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) page: Page,
}

/// One consumer's browser.
pub(super) struct Browser {
    client: Client,
    callback: String,
    cookies: BTreeMap<(String, String), String>,
}

impl Browser {
    /// A browser that trusts the authority `ca` (PEM), for a recipient with that redirect URI.
    pub(super) fn new(ca: &[u8], callback: &str) -> Result<Self, Failure> {
        let client = Client::builder()
            .redirect(Policy::none())
            .tls_certs_only([reqwest::Certificate::from_pem(ca)?])
            .no_proxy()
            .timeout(PATIENCE)
            .build()?;
        Ok(Self {
            client,
            callback: callback.to_owned(),
            cookies: BTreeMap::new(),
        })
    }

    /// Opens an address.
    pub(super) async fn open(&mut self, url: &str) -> Result<Landed, Failure> {
        let url = Url::parse(url).map_err(|_| Failure::new(format!("{url} is no URL")))?;
        self.go(Method::GET, url, None).await
    }

    /// Presses a button or sends a form of that page.
    pub(super) async fn submit(&mut self, from: &Opened, form: Form) -> Result<Landed, Failure> {
        let mut url = from
            .url
            .join(&form.action)
            .map_err(|_| Failure::new("a form leads nowhere"))?;
        if form.method == "post" {
            return self.go(Method::POST, url, Some(form.fields)).await;
        }
        url.query_pairs_mut().clear().extend_pairs(form.fields);
        self.go(Method::GET, url, None).await
    }

    /// The names of the cookies that it holds.
    pub(super) fn cookie_names(&self) -> impl Iterator<Item = &str> {
        self.cookies.keys().map(|(_, name)| name.as_str())
    }

    async fn go(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut form: Option<Vec<(String, String)>>,
    ) -> Result<Landed, Failure> {
        for _ in 0..MOST_REDIRECTS {
            if url.as_str().starts_with(&self.callback) {
                return Ok(Landed::Callback(url));
            }
            let answer = self.request(method.clone(), &url, form.take()).await?;
            self.keep_cookies(&url, &answer);
            let status = answer.status();
            if !status.is_redirection() {
                let page = Page::parse(answer.text().await?);
                return Ok(Landed::Page(Box::new(Opened {
                    url,
                    status: status.as_u16(),
                    page,
                })));
            }
            let target = answer
                .headers()
                .get(LOCATION)
                .and_then(|value| value.to_str().ok());
            url = target
                .and_then(|target| url.join(target).ok())
                .ok_or_else(|| Failure::new("a redirect leads nowhere"))?;
            // 307 and 308 keep the method; we send neither for a form, so a browser goes on with GET.
            method = Method::GET;
        }
        Err(Failure::new("too many redirects"))
    }

    async fn request(
        &self,
        method: Method,
        url: &Url,
        form: Option<Vec<(String, String)>>,
    ) -> Result<Response, Failure> {
        let host = url.host_str().unwrap_or_default();
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|((owner, _), _)| owner == host)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let mut request = self
            .client
            .request(method, url.clone())
            .header("Accept", "text/html");
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(form) = form {
            request = request
                .header(ORIGIN, url.origin().ascii_serialization())
                .header("Sec-Fetch-Site", "same-origin")
                .form(&form);
        }
        Ok(request.send().await?)
    }

    fn keep_cookies(&mut self, url: &Url, answer: &Response) {
        let host = url.host_str().unwrap_or_default();
        for header in answer.headers().get_all(SET_COOKIE) {
            let text = header.to_str().unwrap_or_default();
            let Some((name, value)) = text.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let key = (host.to_owned(), name.trim().to_owned());
            let ended = text.to_ascii_lowercase().contains("max-age=0");
            if ended {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.trim().to_owned());
            }
        }
    }
}
