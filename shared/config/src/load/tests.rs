//! What is read, what wins, and what is refused with which words.

use secrecy::ExposeSecret as _;

use super::*;

const SAMPLE: &str = include_str!("../../../../concordat.sample.toml");

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The sample with the two secrets that it leaves to files.
fn sample_with(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let text = SAMPLE
        .replace("url_file = ", "url = ")
        .replace("master_key_file = ", "master_key = ");
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let mut all = variables(&[("CONCORDAT__SECRETS__MASTER_KEY", key)]);
    all.extend(variables(pairs));
    Settings::from_text(
        &text.replace("client_secret_file", "client_secret"),
        "sample",
        all,
    )
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    sample_with(pairs).unwrap_err().to_string()
}

#[test]
fn the_sample_is_valid() {
    let settings = sample_with(&[]).unwrap();
    assert_eq!(settings.urls.public.as_str(), "https://auth.bank.example");
    assert_eq!(
        settings.consent_application_url(),
        "https://auth.bank.example/portal/consent"
    );
}

/// A line `#key = value` in the sample states a default: with all of them taken up, nothing changes.
#[test]
fn the_sample_states_the_true_defaults() {
    let taken_up = SAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') && setting.contains('=') => setting,
        _ => line,
    });
    let taken_up = taken_up.collect::<Vec<_>>().join("\n");
    let parse = |text: &str| text.parse::<Table>().unwrap();
    assert!(
        parse(&taken_up)
            .values()
            .flat_map(Value::as_table)
            .flatten()
            .count()
            > 20
    );

    let text = taken_up
        .replace("url_file = ", "url = ")
        .replace("master_key_file = ", "master_key = ");
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let all = variables(&[("CONCORDAT__SECRETS__MASTER_KEY", key)]);
    let full = Settings::from_text(
        &text.replace("client_secret_file", "client_secret"),
        "sample",
        all,
    )
    .unwrap();
    assert_eq!(format!("{full:?}"), format!("{:?}", sample_with(&[]).unwrap()));
}

#[test]
fn the_environment_wins() {
    let settings = sample_with(&[
        ("CONCORDAT__DATABASE__POOL_SIZE", "3"),
        ("CONCORDAT__LISTENERS__PUBLIC", "127.0.0.1:0"),
        ("CONCORDAT__TLS__TRUSTED_PROXIES", r#"["CN=proxy"]"#),
        ("CONCORDAT__LISTENERS__PROXY_ADDRESSES", r#"["192.0.2.0/24"]"#),
        ("CONCORDAT__LOGGING__ACCESS_LOG", "false"),
        ("CONCORDAT__DATABASE__URL", "12345"),
        ("CONCORDAT__WORKERS", "2"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert_eq!(settings.database.pool_size.get(), 3);
    assert_eq!(settings.listeners.public.port(), 0);
    assert_eq!(settings.tls.trusted_proxies, ["CN=proxy"]);
    let proxies = &settings.listeners.proxy_addresses;
    assert!(proxies.len() == 1 && proxies[0].contains([192, 0, 2, 7].into()));
    assert!(!settings.logging.access_log);
    assert_eq!(settings.database.url.expose_secret(), "12345");
    assert_eq!(settings.workers.unwrap().get(), 2);
}

#[test]
fn an_unknown_key_is_named() {
    assert!(refusal(&[("CONCORDAT__DATABASE__POOLSIZE", "3")]).contains("`poolsize`"));
    assert!(refusal(&[("CONCORDAT__DATABSE__URL", "x")]).contains("`databse`"));
    assert!(refusal(&[("CONCORDAT__A__B__C", "x")]).contains("CONCORDAT__A__B__C"));
    let error =
        Settings::from_text("[urls]\npublic = \"https://a.example\"\npublik = 1\n", "f", []).unwrap_err();
    assert!(error.to_string().contains("`publik`"), "{error}");
}

#[test]
fn a_wrong_kind_is_named_with_its_key() {
    let error = refusal(&[("CONCORDAT__DATABASE__POOL_SIZE", "many")]);
    assert!(error.contains("database.pool_size"), "{error}");
    let error = refusal(&[("CONCORDAT__URLS__PUBLIC", "http://a.example")]);
    assert!(
        error.contains("https URL") && error.contains("urls.public"),
        "{error}"
    );
    let error = refusal(&[("CONCORDAT__LISTENERS__PROXY_ADDRESSES", r#"["edge.example"]"#)]);
    assert!(
        error.contains("neither an address nor a network") && error.contains("listeners.proxy_addresses"),
        "{error}"
    );
}

#[test]
fn broken_toml_is_named_by_line_and_not_quoted() {
    let error = Settings::from_text("[secrets]\nmaster_key = hunter2\n", "f.toml", [])
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("f.toml, line 2:"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_secret_is_never_in_a_message() {
    for value in ["\"hunter2\"", "4815162342", "[\"hunter2\"]"] {
        let text = format!("[secrets]\nmaster_key = {value}\n[database]\nurl = {value}\n");
        let error = Settings::from_text(&text, "f", []).unwrap_err().to_string();
        assert!(
            !error.contains("hunter2") && !error.contains("4815162342"),
            "{error}"
        );
    }
    let debug = format!(
        "{:?}",
        sample_with(&[("CONCORDAT__DATABASE__URL", "postgres://u:hunter2@h/d")]).unwrap()
    );
    assert!(!debug.contains("hunter2"));
}

#[test]
fn a_secret_may_be_a_file_but_not_twice() {
    let path = std::env::temp_dir().join(format!("concordat-config-{}", std::process::id()));
    fs::write(&path, "postgres://from-file\n").unwrap();
    let file = path.display().to_string();
    let text = SAMPLE
        .replace("master_key_file = ", "master_key = ")
        .replace("client_secret_file", "client_secret");
    let key = (
        "CONCORDAT__SECRETS__MASTER_KEY",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    );
    let url_file = ("CONCORDAT__DATABASE__URL_FILE", file.as_str());

    let settings = Settings::from_text(&text, "f", variables(&[key, url_file])).unwrap();
    assert_eq!(settings.database.url.expose_secret(), "postgres://from-file");
    let both = variables(&[key, url_file, ("CONCORDAT__DATABASE__URL", "x")]);
    assert!(
        Settings::from_text(&text, "f", both)
            .unwrap_err()
            .to_string()
            .contains("both")
    );
    fs::remove_file(&path).unwrap();
    let gone = Settings::from_text(&text, "f", variables(&[key, url_file]))
        .unwrap_err()
        .to_string();
    assert!(
        gone.contains("database.url_file") && gone.contains(&file),
        "{gone}"
    );
}
