//! Every documented endpoint under input that is no input: paths, queries, headers, forms, JSON and JWTs, made from a
//! seed. Whatever comes: no 5xx, no panic, in bounded time, and a refusal in the words of its API.

mod chance;
mod scene;

use std::{
    panic,
    sync::{Mutex, Once},
    time::{Duration, Instant as Stopwatch},
};

use reqwest::Method;
use testkit::answer::Answer;

use self::scene::Scene;
use crate::{coverage::documented, table::Table};

/// Requests to each method of each path.
const TRIES: usize = 48;
/// Longest that one may take, with what a loaded machine adds.
const SOON: Duration = Duration::from_secs(10);

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

async fn assault(seed: u64) {
    note_panics();
    let scene = Scene::set(seed).await;
    let over = scene.recipient.connection();
    let mut table = Table::default();
    for (method, pattern) in documented(scene.platform).await {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
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
