//! Every documented endpoint under input that is no input: paths, queries, headers, forms, JSON and JWTs, made from a
//! seed. Whatever comes: no 5xx, no panic, in bounded time, and a refusal in the words of its API.

use std::{
    panic,
    sync::{Mutex, Once},
    time::{Duration, Instant as Stopwatch},
};

use domain::Random;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::{answer::Answer, chance::SeededRandom, recipient::Recipient};

use crate::{
    parties::{ALL_SCOPES, BANK_SCOPES, Shared},
    stage::TestPlatform,
    table::Table,
};

/// Requests to each method of each path.
const TRIES: usize = 48;
/// Longest that one may take, with what a loaded machine adds.
const SOON: Duration = Duration::from_secs(10);

/// Texts that somebody has tripped over before.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{feff}",
    "\u{202e}abc",
    "\u{fffd}",
    "e\u{301}",
    "🦀",
    "\r\nX-Injected: 1",
    "%",
    "%00",
    "%zz",
    "%25%30%30",
    "'",
    "' OR 1=1 --",
    "\"",
    "\\",
    "\\u0000",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "..%2f..%2f",
    ";",
    "a;b=c",
    "-1",
    "0",
    "1e400",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "{",
    "9223372036854775808",
    "18446744073709551616",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "+002026-01-01",
    "2026-01-01T25:61:61Z",
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "urn:ietf:params:oauth:request_uri:",
    "..",
    "a.b.c",
    "e30.e30.e30",
    "eyJhbGciOiJub25lIn0.e30.",
    "https://evil.example/",
    "javascript:alert(1)",
    "S256",
    "plain",
    "openid openid",
    "code id_token token",
];

/// Panics of threads that serve, from the moment this was first asked for.
static PANICS: Mutex<Vec<String>> = Mutex::new(vec![]);

/// Panics are noted, as a log would. A test's own are none of the platform's.
fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            if !place.contains("/tests/") && !place.contains("testkit") {
                PANICS.lock().unwrap().push(panic.to_string());
            }
            before(panic);
        }));
    });
}

/// Makes input of nothing but chance.
struct Chance(SeededRandom);

impl Chance {
    fn below(&self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) >> 1).unwrap() % bound
    }

    fn one<'a, T>(&self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    fn text(&self) -> String {
        match self.below(12) {
            0 => "a".repeat(self.below(9_000)),
            1 => "[".repeat(self.below(400)),
            2 => format!("{0}{0}", self.one(TEXTS)),
            _ => (*self.one(TEXTS)).to_owned(),
        }
    }

    fn json(&self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => json!(*self.one(&[0, -1, 1, i64::MIN, i64::MAX])),
            3 => json!(*self.one(&[1e300, -0.5, 1e-300])),
            4 | 5 => self.text().into(),
            6 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            _ => (0..self.below(4))
                .map(|_| (self.text(), self.json(depth - 1)))
                .collect(),
        }
    }

    /// The same value with one thing in it turned.
    fn turned(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) if !members.is_empty() && self.below(5) > 0 => {
                let mut members = members.clone();
                let name = self.one(&members.keys().cloned().collect::<Vec<_>>()).clone();
                match self.below(6) {
                    0 => {
                        members.remove(&name);
                    }
                    1 => {
                        members.insert(self.text(), self.json(2));
                    }
                    _ => {
                        let turned = self.turned(&members[&name]);
                        members.insert(name, turned);
                    }
                }
                members.into()
            }
            Value::Array(items) if !items.is_empty() && self.below(5) > 0 => {
                let mut items = items.clone();
                let at = self.below(items.len());
                items[at] = self.turned(&items[at]);
                items.into()
            }
            _ => self.json(3),
        }
    }

    /// Bytes that are a body of that kind, or nearly.
    fn bytes(&self, good: &Value) -> Vec<u8> {
        let text = match self.below(6) {
            0 => self.text(),
            1 => good.to_string().replacen('{', "{\"status\":1,\"status\":2,", 1),
            _ => self.turned(good).to_string(),
        };
        let mut bytes = text.into_bytes();
        match self.below(8) {
            0 => bytes.truncate(self.below(bytes.len() + 1)),
            1 => bytes.push(0xff),
            2 => bytes.insert(0, 0xef),
            _ => {}
        }
        bytes
    }

    /// A JWT with one character changed, a part taken away or added, or another text in place of a part.
    fn jwt(&self, good: &str) -> String {
        let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
        let at = self.below(parts.len());
        match self.below(6) {
            0 => {
                parts.remove(at);
            }
            1 => parts.push(parts[at].clone()),
            2 => parts[at] = self.text(),
            3 => parts[at].truncate(self.below(20)),
            _ => {
                let cut = self.below(parts[at].len().max(1));
                let replaced: String = parts[at]
                    .char_indices()
                    .map(|(index, letter)| {
                        if index == cut {
                            *self.one(&['A', '=', '+', '-', 'é'])
                        } else {
                            letter
                        }
                    })
                    .collect();
                parts[at] = replaced;
            }
        }
        parts.join(".")
    }
}

/// Who asks: with everything that is needed to come past the first door.
struct Scene {
    platform: &'static TestPlatform,
    recipient: Recipient,
    shared: Shared,
    bank: String,
    account: String,
    resource_id: String,
    user_id: String,
    chance: Chance,
}

impl Scene {
    async fn set(seed: u64) -> Self {
        let platform = TestPlatform::shared().await;
        let (recipient, consumer) = (
            platform.recipient("fapi2-security").await,
            platform.consumer().await,
        );
        let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
        let pushed = recipient.push("openid").pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let resource_id = platform.begin(&mut platform.browser(), &url).await;
        Self {
            platform,
            recipient,
            shared,
            bank: platform.bank().token(BANK_SCOPES).await,
            account: consumer.checking,
            resource_id,
            user_id: consumer.user_id,
            chance: Chance(SeededRandom::new(seed)),
        }
    }

    /// The path, with ids that are there or texts that are none.
    fn path(&self, pattern: &str) -> String {
        let mut path = String::new();
        for part in pattern.split('/').skip(1) {
            path.push('/');
            let good = match part {
                "{accountId}" => &self.account,
                "{consentId}" => &self.shared.consent_id,
                "{resourceId}" => &self.resource_id,
                fixed if !fixed.starts_with('{') => {
                    path.push_str(fixed);
                    continue;
                }
                _ => &self.user_id,
            };
            if self.chance.below(3) == 0 {
                path.extend(url::form_urlencoded::byte_serialize(
                    self.chance.text().as_bytes(),
                ));
            } else {
                path.push_str(good);
            }
        }
        path
    }

    fn query(&self, pattern: &str) -> String {
        let names: &[&str] = if pattern.starts_with("/fdx/auth/") {
            &[
                "client_id",
                "request_uri",
                "request",
                "state",
                "redirect_uri",
                "response_type",
                "response_mode",
                "nonce",
                "scope",
            ]
        } else {
            &[
                "userId",
                "limit",
                "offset",
                "startTime",
                "endTime",
                "accountIds",
                "resultType",
                "status",
                "clientId",
            ]
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for name in names {
            match self.chance.below(4) {
                0 => {
                    query.append_pair(name, &self.chance.text());
                }
                1 if *name == "userId" => {
                    query.append_pair(name, &self.user_id);
                }
                1 if *name == "client_id" => {
                    query.append_pair(name, &self.recipient.client_id);
                }
                _ => {}
            }
        }
        let mut query = query.finish();
        if self.chance.below(8) == 0 {
            query.push_str(
                self.chance
                    .one::<&str>(&["&&&", "&=", "&a=%ff", "&limit=1&limit=2", "&%", "#"]),
            );
        }
        query
    }

    /// A form that succeeds but for one thing, or for all.
    fn form(&self, pattern: &str) -> Vec<u8> {
        let post = match pattern.rsplit('/').next() {
            Some("par") => {
                let push = self.recipient.push("openid fdx:accountbasic:read");
                let mut post = push.post.clone();
                for (name, value) in push.request.claims.as_object().unwrap() {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    post = post.with(name, &text);
                }
                let details = json!([{"type": "fdx_v1.0", "consentRequest": {
                    "durationType": "TIME_BOUND", "durationPeriod": 30, "lookbackPeriod": 30,
                    "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC"]}],
                }}]);
                match self.chance.below(3) {
                    0 => post.with("authorization_details", &self.chance.turned(&details).to_string()),
                    1 => {
                        let mut object = push.request.clone();
                        object.claims = self.chance.turned(&object.claims);
                        if !object.claims.is_object() {
                            object.claims = json!({"iss": object.claims});
                        }
                        post.with("request", &object.compact())
                    }
                    _ => post,
                }
            }
            Some("token") => match self.chance.below(3) {
                0 => self
                    .recipient
                    .redeem(&self.shared.code[1..], &self.shared.verifier),
                1 => {
                    let token = self.shared.tokens.refresh_token.clone().unwrap();
                    self.recipient.refresh(&token)
                }
                _ => self.recipient.post(
                    "",
                    &[
                        ("grant_type", "client_credentials"),
                        ("scope", "fdx:accountbasic:read"),
                    ],
                ),
            },
            _ => self
                .recipient
                .post("", &[("token", "x"), ("token_type_hint", "access_token")]),
        };
        let mut form = post.form.clone();
        if let Some(assertion) = &post.assertion {
            let compact = assertion.compact();
            let compact = if self.chance.below(3) == 0 {
                self.chance.jwt(&compact)
            } else {
                compact
            };
            form.push(("client_assertion".into(), compact));
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form.push(("client_assertion_type".into(), kind.into()));
        }
        for _ in 0..self.chance.below(3) {
            let at = self.chance.below(form.len());
            match self.chance.below(4) {
                0 => {
                    form.remove(at);
                }
                1 => form.push((self.chance.text(), self.chance.text())),
                _ => form[at].1 = self.chance.text(),
            }
        }
        let mut bytes = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish()
            .into_bytes();
        match self.chance.below(10) {
            0 => bytes.extend_from_slice(b"&state=%ff%fe"),
            1 => bytes.extend_from_slice(b"&\xff\xfe=\x00"),
            2 => bytes.truncate(self.chance.below(bytes.len())),
            _ => {}
        }
        bytes
    }

    fn decision(&self) -> Value {
        if self.chance.below(2) == 0 {
            self.platform.bank().approval(&self.user_id, &[&self.account])
        } else {
            json!({"status": "ON_HOLD", "reason": "x", "accounts": [{"accountId": self.account}]})
        }
    }

    fn request(&self, method: &Method, pattern: &str, over: &Client) -> RequestBuilder {
        let solution = pattern.starts_with("/external/") || pattern.starts_with("/participant/");
        let platform = &self.platform.platform;
        let origin = if solution {
            &platform.public
        } else {
            &platform.mutual
        };
        let query = self.query(pattern);
        let url = format!("{origin}{}?{query}", self.path(pattern));
        let mut request = over.request(method.clone(), url);
        if !pattern.starts_with("/fdx/auth/") {
            let token = if solution {
                &self.bank
            } else {
                &self.shared.tokens.access_token
            };
            let token = if self.chance.below(6) == 0 {
                self.chance.jwt(token)
            } else {
                token.clone()
            };
            if let Ok(value) = reqwest::header::HeaderValue::from_str(&format!("Bearer {token}")) {
                request = request.header("authorization", value);
            }
        }
        for (name, good) in [
            ("x-fapi-interaction-id", "c770aef3-6784-41f7-8e0e-ff5f97bddb3a"),
            ("if-match", "\"1\""),
            ("dpop", "a.b.c"),
            ("cookie", "__Host-session=x"),
            ("accept", "application/json"),
            ("accept-language", "fr"),
            ("range", "bytes=0-1"),
            ("if-none-match", "*"),
            ("x-fapi-customer-ip-address", "::1"),
        ] {
            let value = match self.chance.below(6) {
                0 => self.chance.text().into_bytes(),
                1 => good.as_bytes().to_vec(),
                2 if name == "cookie" => b"\xff=\xfe; =; __Host-authorize-x".to_vec(),
                _ => continue,
            };
            if let Ok(value) = reqwest::header::HeaderValue::from_bytes(&value) {
                request = request.header(name, value);
            }
        }
        if *method == Method::GET {
            return request;
        }
        let (kind, body) = if pattern.starts_with("/fdx/auth/") {
            ("application/x-www-form-urlencoded", self.form(pattern))
        } else {
            ("application/json", self.chance.bytes(&self.decision()))
        };
        let kind = if self.chance.below(12) == 0 {
            *self
                .chance
                .one(&["", "text/plain", "application/json; charset=utf-16"])
        } else {
            kind
        };
        request.header("content-type", kind).body(body)
    }
}

/// A refusal is in the words of its API; and nothing is ever our fault.
fn judge(table: &mut Table, row: &str, pattern: &str, answer: &Answer) {
    table.holds(row, answer.status < 500, || {
        format!("{} {}", answer.status, answer.text)
    });
    table.holds(row, answer.header("x-fapi-interaction-id").len() == 36, || {
        format!("{} without interaction id", answer.status)
    });
    if answer.status < 400 {
        return;
    }
    // Longer than any API reads: then it is no API's to answer.
    if [414, 431].contains(&answer.status) {
        table.holds(row, answer.text.is_empty(), || answer.text.clone());
        return;
    }
    let html = answer.header("content-type").starts_with("text/html");
    let fits = if pattern.contains("/authorize") && html {
        answer.text.contains("id=\"error-code\"")
    } else if pattern.starts_with("/fdx/auth/") || pattern.starts_with("/.well-known/") {
        answer.json["error"]
            .as_str()
            .is_some_and(|error| !error.is_empty())
    } else {
        answer.json["code"].is_string() && answer.json["message"].is_string()
    };
    table.holds(row, fits, || {
        format!(
            "{} in other words: {:?} {}",
            answer.status, answer.headers, answer.text
        )
    });
}

/// The endpoints of the documents: method and pattern.
async fn endpoints(platform: &TestPlatform) -> Vec<(Method, String)> {
    let plain = platform.platform.channel(None);
    let mut found = vec![];
    for service in platform::serve::Service::DOCUMENTED {
        let url = format!("{}/docs/{}.json", platform.platform.public, service.name());
        let document = Answer::to(plain.get(url)).await.expect(200).json;
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                found.push((method, path.clone()));
            }
        }
    }
    found
}

async fn assault(seed: u64) {
    note_panics();
    let scene = Scene::set(seed).await;
    let over = scene.recipient.connection();
    let mut table = Table::default();
    for (method, pattern) in endpoints(scene.platform).await {
        for number in 0..TRIES {
            let row = format!("{method} {pattern}, seed {seed}, number {number}");
            let request = scene.request(&method, &pattern, &over);
            // What the client of HTTP refuses to send was never sent.
            let Ok(request) = request.build() else { continue };
            let told = format!("{row}: {}", request.url());
            let began = Stopwatch::now();
            match over.execute(request).await {
                Ok(response) => judge(&mut table, &told, &pattern, &Answer::read(response).await),
                Err(error) => table.holds(&told, false, || format!("no answer: {error:?}")),
            }
            let took = began.elapsed();
            table.holds(&told, took < SOON, || format!("took {took:?}"));
        }
    }
    let panics = PANICS.lock().unwrap().clone();
    table.holds("panics", panics.is_empty(), || panics.join("\n"));
    table.done();
    // And it still serves.
    scene.recipient.push("openid").send().await.expect(201);
}

#[tokio::test]
async fn z03_n08_n15_no_input_is_our_fault() {
    assault(1).await;
}

/// The same with other chance, so that each of the two finds what the other passes by.
#[tokio::test]
async fn z03_j28_no_input_is_our_fault_with_another_seed() {
    assault(20_261_122).await;
}
