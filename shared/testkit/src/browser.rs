//! A consumer's browser: follows redirects, keeps cookies, sends forms, runs no script.

use std::collections::BTreeMap;

use reqwest::{
    Client, Method,
    header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE},
};
use url::Url;

use crate::{
    answer::Answer,
    html::{Form, Page},
    recipient::Platform,
};

/// Where a click led.
#[derive(Debug)]
pub enum Landed {
    /// On a page.
    Page(Box<Opened>),
    /// At an address of somebody else, which this browser does not open: the recipient takes over.
    Away(Url),
}

/// An open page.
#[derive(Debug)]
pub struct Opened {
    /// Where it is.
    pub url: Url,
    /// The answer that brought it.
    pub answer: Answer,
    /// What it shows.
    pub page: Page,
}

/// One consumer's browser.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    home: String,
    cookies: BTreeMap<String, String>,
    /// Every Set-Cookie that came, as it came.
    pub cookies_set: Vec<String>,
}

impl Browser {
    /// A browser with nothing in it, which opens only what is at the platform's public origin.
    pub fn new(platform: &Platform) -> Self {
        Self {
            client: platform.plain.clone(),
            home: platform.public.clone(),
            cookies: BTreeMap::new(),
            cookies_set: vec![],
        }
    }

    /// Puts a cookie into it, as somebody would who made one.
    pub fn put(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens an address.
    pub async fn open(&mut self, url: &str) -> Landed {
        self.go(Method::GET, Url::parse(url).unwrap(), None).await
    }

    /// Sends a form of that page.
    pub async fn submit(&mut self, from: &Opened, form: Form) -> Landed {
        let mut url = from.url.join(&form.action).unwrap();
        if form.method == "post" {
            return self.go(Method::POST, url, Some(form.fields)).await;
        }
        url.query_pairs_mut().clear().extend_pairs(form.fields);
        self.go(Method::GET, url, None).await
    }

    /// The answer of one address, as it comes: no redirect is followed and no cookie kept.
    pub async fn peek(&self, url: &str) -> Answer {
        let url = Url::parse(url).unwrap();
        self.request(Method::GET, &url, None).await
    }

    async fn go(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut form: Option<Vec<(String, String)>>,
    ) -> Landed {
        for _ in 0..10 {
            if url.origin().ascii_serialization() != self.home {
                return Landed::Away(url);
            }
            let answer = self.request(method.clone(), &url, form.take()).await;
            self.keep_cookies(&answer);
            if !(300..400).contains(&answer.status) {
                return Landed::Page(Box::new(Opened {
                    url,
                    page: Page::new(answer.text.clone()),
                    answer,
                }));
            }
            url = url.join(answer.header(LOCATION.as_str())).unwrap();
            method = Method::GET;
        }
        panic!("too many redirects: {url}");
    }

    async fn request(&self, method: Method, url: &Url, form: Option<Vec<(String, String)>>) -> Answer {
        let mut request = self
            .client
            .request(method, url.clone())
            .header("Accept", "text/html");
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(form) = form {
            request = request
                .header(ORIGIN, &self.home)
                .header("Sec-Fetch-Site", "same-origin")
                .form(&form);
        }
        Answer::to(request).await
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for header in answer.headers.get_all(SET_COOKIE) {
            let text = header.to_str().unwrap();
            self.cookies_set.push(text.to_owned());
            let (name, value) = text
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .unwrap();
            if text.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Landed {
    /// It must be a page.
    #[track_caller]
    pub fn page(self) -> Opened {
        match self {
            Self::Page(opened) => *opened,
            Self::Away(url) => panic!("sent away to {url}"),
        }
    }

    /// It must be away.
    #[track_caller]
    pub fn away(self) -> Url {
        match self {
            Self::Away(url) => url,
            Self::Page(opened) => panic!("a page: {} {}", opened.answer.status, opened.page.source()),
        }
    }

    /// It must be a page that tells this error, and nobody is sent anywhere (U09).
    #[track_caller]
    pub fn error_page(self, error: &str) {
        let opened = self.page();
        assert!(
            (400..500).contains(&opened.answer.status),
            "{}",
            opened.answer.status
        );
        assert_eq!(
            opened.page.text_of("error-code").as_deref(),
            Some(error),
            "{}",
            opened.page.source()
        );
        assert!(
            opened
                .answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
    }
}
