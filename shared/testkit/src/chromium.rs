//! A real browser: Chromium without a window, driven over WebDriver as a person would, by keys and clicks.
//!
//! Each has a profile of its own, reaches nothing but this machine, and ends with its value. `chromedriver` is found on
//! the path; `scripts/browser` installs it.

use std::{
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use url::Url;

/// The key that goes to the next thing that takes input.
pub const TAB: &str = "\u{e004}";
/// The key that presses a button or follows a link.
pub const ENTER: &str = "\u{e007}";
/// The key that ticks a box.
pub const SPACE: &str = " ";

/// Most things on a page that take input.
const MOST_STOPS: usize = 80;

/// How a browser is set up.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// CSS pixels.
    pub width: u32,
    /// Whether pages may run scripts.
    pub script: bool,
    /// What the person reads, as `Accept-Language` has it.
    pub language: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            width: 1280,
            script: true,
            language: "en-US",
        }
    }
}

/// An open browser with one page.
pub struct Chromium {
    driver: Child,
    /// Kept open: what the driver still writes must find somewhere to go.
    _output: Output,
    port: u16,
    session: String,
    client: Client,
}

type Output = Lines<BufReader<ChildStdout>>;

impl Chromium {
    /// Opens one.
    ///
    /// # Panics
    /// When there is no `chromedriver`, or it finds no Chromium.
    pub async fn open(setup: Setup) -> Self {
        let (driver, output, port) = start_driver();
        let mut browser = Self {
            driver,
            _output: output,
            port,
            session: String::new(),
            client: Client::builder().no_proxy().build().unwrap(),
        };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-proxy-server",
            "--lang=en-US",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
        ];
        let preferences = json!({
            "intl.accept_languages": setup.language,
            "profile.managed_default_content_settings.javascript": if setup.script { 1 } else { 2 },
            "credentials_enable_service": false,
        });
        let options = json!({"args": arguments, "prefs": preferences});
        let capabilities =
            json!({"acceptInsecureCerts": true, "pageLoadStrategy": "normal", "goog:chromeOptions": options});
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let opened = browser.call(Method::POST, "/session", Some(body)).await;
        browser.session = opened["sessionId"].as_str().unwrap().to_owned();
        browser.resize(setup.width).await;
        browser
    }

    /// Makes the page as wide as a screen of that width.
    pub async fn resize(&self, width: u32) {
        let metrics = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Light or dark, as the person's machine is. Nothing moves, so that no color is met on its way to another.
    pub async fn color_scheme(&self, scheme: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        let media = json!({"media": "", "features": features});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// As it is on paper: a page without script does not know that it is only emulated.
    pub async fn on_paper(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"media": "print", "features": features});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// The pages that a printer would get, on A4.
    pub async fn printed(&self) -> Vec<u8> {
        let paper = json!({"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": false});
        let printed = self.devtools("Page.printToPDF", paper).await;
        STANDARD.decode(printed["data"].as_str().unwrap()).unwrap()
    }

    /// Opens an address.
    pub async fn open_url(&self, url: &str) {
        self.command(Method::POST, "/url", Some(json!({ "url": url })))
            .await;
    }

    /// Where the page is, also when nobody answers there.
    pub async fn url(&self) -> Url {
        let url = self.command(Method::GET, "/url", None).await;
        Url::parse(url.as_str().unwrap()).unwrap()
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        let title = self.command(Method::GET, "/title", None).await;
        title.as_str().unwrap().to_owned()
    }

    /// Waits until a page has an element of that id.
    ///
    /// # Panics
    /// When none comes.
    pub async fn arrive(&self, id: &str) {
        let began = std::time::Instant::now();
        while self.count(id).await == 0 {
            assert!(
                began.elapsed() < crate::PATIENCE,
                "no {id} at {}",
                self.url().await
            );
        }
    }

    /// How many elements have that id.
    pub async fn count(&self, id: &str) -> usize {
        self.elements(id).await.len()
    }

    /// What the element of that id says.
    pub async fn text(&self, id: &str) -> String {
        let element = self.element(id).await;
        let text = self
            .command(Method::GET, &format!("/element/{element}/text"), None)
            .await;
        text.as_str().unwrap().to_owned()
    }

    /// Clicks the element of that id.
    pub async fn click(&self, id: &str) {
        let element = self.element(id).await;
        let path = format!("/element/{element}/click");
        self.command(Method::POST, &path, Some(json!({}))).await;
    }

    /// Types into the element of that id.
    pub async fn type_into(&self, id: &str, text: &str) {
        let element = self.element(id).await;
        let path = format!("/element/{element}/value");
        self.command(Method::POST, &path, Some(json!({ "text": text })))
            .await;
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        let actions: Vec<_> = keys
            .chars()
            .flat_map(|key| {
                [
                    json!({"type": "keyDown", "value": key.to_string()}),
                    json!({"type": "keyUp", "value": key.to_string()}),
                ]
            })
            .collect();
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.command(Method::POST, "/actions", Some(actions)).await;
    }

    /// Goes on with the Tab key until the element of that id has the focus. Returns what had it on the way.
    ///
    /// # Panics
    /// When it never does.
    pub async fn tab_to(&self, id: &str) -> Vec<String> {
        let mut met = vec![];
        for _ in 0..MOST_STOPS {
            self.keys(TAB).await;
            let at = self.focused().await;
            if at == id {
                return met;
            }
            met.push(at);
        }
        panic!("the Tab key never reaches {id}; it reaches {met:?}");
    }

    /// The id of what has the focus.
    pub async fn focused(&self) -> String {
        let active = self.command(Method::GET, "/element/active", None).await;
        let element = reference(&active);
        let id = self
            .command(Method::GET, &format!("/element/{element}/attribute/id"), None)
            .await;
        id.as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function in the page; what it promises is waited for.
    pub async fn run(&self, script: &str, arguments: Value) -> Value {
        let body = json!({"script": script, "args": arguments});
        self.command(Method::POST, "/execute/sync", Some(body)).await
    }

    /// Leaves a picture of the whole page in a file.
    pub async fn picture(&self, file: &Path) {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.devtools("Page.captureScreenshot", wanted).await;
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    async fn element(&self, id: &str) -> String {
        let elements = self.elements(id).await;
        match elements.as_slice() {
            [element] => element.clone(),
            _ => panic!(
                "{} elements are called {id} at {}",
                elements.len(),
                self.url().await
            ),
        }
    }

    async fn elements(&self, id: &str) -> Vec<String> {
        let by = json!({"using": "css selector", "value": format!("[id=\"{id}\"]")});
        let found = self.command(Method::POST, "/elements", Some(by)).await;
        found.as_array().unwrap().iter().map(reference).collect()
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.command(Method::POST, "/goog/cdp/execute", Some(body)).await
    }

    async fn command(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
            .await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self
            .client
            .request(method, format!("http://127.0.0.1:{}{path}", self.port))
            .timeout(crate::PATIENCE * 2);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        let value = answer["value"].take();
        assert!(
            value["error"].is_null(),
            "{path}: {}: {}",
            value["error"],
            value["message"]
        );
        value
    }
}

/// Ends the browser, then its driver: a driver that is killed would leave the browser behind.
impl Drop for Chromium {
    fn drop(&mut self) {
        let end = || -> std::io::Result<()> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            let session = &self.session;
            write!(
                stream,
                "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
                self.port
            )?;
            stream.read_to_end(&mut vec![])?;
            Ok(())
        };
        let _ = end();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts `chromedriver` on a port of its own choosing, which it tells.
fn start_driver() -> (Child, Output, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver: scripts/browser installs it");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let mut heard = vec![];
    while let Some(Ok(line)) = lines.next() {
        let port = line
            .split_once("successfully on port ")
            .and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
        if let Some(port) = port {
            return (driver, lines, port);
        }
        heard.push(line);
    }
    let _ = driver.kill();
    let _ = driver.wait();
    panic!("chromedriver does not start: {heard:?}");
}

/// The reference of an element (WebDriver, 12.1).
fn reference(element: &Value) -> String {
    let reference = &element["element-6066-11e4-a52e-4f735466cecf"];
    reference.as_str().unwrap().to_owned()
}
