//! On paper: no navigation, no buttons, no dark background, nothing cut off at the side; in the browser that shows it dark.
//!
//! With `PORTAL_PICTURES` a folder, a picture and the printed file of each are left there.

use serde_json::{Value, json};

use crate::{
    portal::PASSWORD,
    portal_barriers::{Inspector, named, type_password},
    stage::TestPlatform,
};

/// What is seen of a page: what should not be, the color of each background, and how dark the darkest word on it is.
const SEEN: &str = "
    const all = [...document.body.querySelectorAll('*')].filter(e => e.getClientRects().length && e.checkVisibility());
    const backgrounds = [document.documentElement, document.body, ...all].map(e => getComputedStyle(e).backgroundColor);
    return {
        controls: all.filter(e => e.matches('button, input, select, nav, form, .button, [id^=remove-], [id^=receipt-], #back, #older')
            && !e.matches('#receipt')).map(e => e.tagName + '#' + e.id),
        backgrounds: [...new Set(backgrounds)].filter(c => c !== 'rgba(0, 0, 0, 0)' && c !== 'rgb(255, 255, 255)'),
        pale: all.filter(e => getComputedStyle(e).color.match(/\\d+/g).slice(0, 3).some(c => c > 0x44)).map(e => e.tagName + '#' + e.id),
        cut: all.filter(e => !e.matches('.unseen') && e.getBoundingClientRect().right > innerWidth).map(e => e.tagName + '#' + e.id),
        words: document.body.innerText,
    }";

/// A4 between margins of 16 mm, CSS pixels.
const PAPER: u32 = 672;

impl Inspector {
    /// Looks at the page that is open as it is printed: every one of these words is on it.
    async fn look_on_paper(&self, name: &str, language: &str, words: &[&str]) {
        self.browser.resize(PAPER).await;
        self.browser.on_paper("dark").await;
        let seen = self.browser.run(SEEN, json!([])).await;
        for fault in ["controls", "backgrounds", "pale", "cut"] {
            assert_eq!(seen[fault], json!([]), "{name} {language}");
        }
        let shown = seen["words"].as_str().unwrap();
        for word in words {
            assert!(shown.contains(word), "{name} {language}: {word}: {shown}");
        }
        let printed = self.browser.printed().await;
        let pages = b"/Count 1\n";
        assert!(
            printed.windows(pages.len()).any(|found| found == pages),
            "{name} {language} is on one sheet"
        );
        if let Some(folder) = &self.pictures {
            std::fs::write(folder.join(format!("{name}.{language}.pdf")), printed).unwrap();
            let file = folder.join(format!("{name}.{language}.paper.png"));
            self.browser.picture(&file).await;
        }
    }
}

#[tokio::test]
async fn what_is_printed_is_what_was_agreed_and_nothing_to_press() {
    let platform = TestPlatform::start().await;
    let consumer = platform.consumer().await;
    platform.register_user(&consumer, PASSWORD).await;
    let inspector = Inspector::new().await;
    let budget = named(&platform, "Budget Buddy").await;
    let shared = platform.share(&budget, &consumer).await;
    platform
        .share(&named(&platform, "Lender & Sons").await, &consumer)
        .await;
    for _ in 0..7 {
        budget
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
            .expect(200);
    }
    let home = format!("{}/portal/", platform.platform.public);
    inspector.browser.open_url(&home).await;
    type_password(&inspector.browser, &consumer, PASSWORD).await;
    inspector.browser.arrive("sign-out").await;
    let connection = format!("{home}connections/{}", shared.consent_id);
    let receipt = format!("{connection}/receipts/1");
    for (language, sharing, history, check) in [
        ("en", "Sharing now", "History", "/fdx/auth/v1/jwks"),
        ("es", "Se comparte ahora", "Historial", "/fdx/auth/v1/jwks"),
        ("fr", "Partagé en ce moment", "Historique", "/fdx/auth/v1/jwks"),
    ] {
        let keys = platform.platform.public.as_str();
        for (name, address, words) in [
            ("connections", &home, [sharing, "Budget Buddy", "Lender & Sons"]),
            ("connection", &connection, [history, "Budget Buddy", "****0017"]),
            ("receipt", &receipt, [check, keys, "****0017"]),
        ] {
            inspector.in_language(address, language).await;
            inspector.look_on_paper(name, language, &words).await;
        }
    }
    // And it is back on the screen.
    inspector.browser.color_scheme("light").await;
    let shown = inspector.browser.run(
        "return !!document.querySelector('nav').getClientRects().length",
        json!([]),
    );
    assert_eq!(shown.await, Value::Bool(true));
    inspector.done();
}
