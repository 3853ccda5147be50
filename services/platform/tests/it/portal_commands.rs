//! `concordat user`: what the operator types is what the consumer signs in with.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use testkit::authenticator::Authenticator;

use crate::{
    portal::dashboard,
    stage::{Plan, TestPlatform, fresh_folder},
};

const PASSWORD: &str = "a password of their own";

/// `concordat user add` with these arguments: its lines.
fn user_add(settings: &std::path::Path, arguments: &[&str]) -> Vec<String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_concordat"))
        .arg("--config")
        .arg(settings)
        .args(["user", "add"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{PASSWORD}").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_second_factor_is_given_kept_and_taken_away() {
    let platform = TestPlatform::start().await;
    let folder = fresh_folder();
    let settings = Plan::beside(&platform).write(&folder);
    let file = folder.join("concordat.toml");
    std::fs::write(&file, settings).unwrap();
    let consumer = platform.consumer().await;
    let name = consumer.user_id.as_str();

    let lines = user_add(&file, &[name, "--totp"]);
    let [id, key_uri] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(id, name);
    let authenticator = Authenticator::scan(key_uri);
    let (mut browser, page) = dashboard(&platform, &consumer, PASSWORD).await;
    let code = authenticator.code(platform.now());
    let form = page.page.form_with("totp").fill("totp", &code).press("sign-in");
    let page = browser.submit(&page, form).await.page();
    assert_eq!(page.url.path(), "/portal/");

    // Another password changes nothing of it.
    assert_eq!(user_add(&file, &[name]), [name]);
    let (_, page) = dashboard(&platform, &consumer, PASSWORD).await;
    assert_eq!(page.url.path(), "/portal/sign-in/code");

    user_add(&file, &[name, "--no-totp"]);
    let (_, page) = dashboard(&platform, &consumer, PASSWORD).await;
    assert_eq!(page.url.path(), "/portal/");
    std::fs::remove_dir_all(folder).unwrap();
}
