//! TLS on the real listeners, as the OpenID suite probes it (conformance 3.1).

use std::io::{Read, Write};

use openssl::ssl::SslVersion;
use testkit::tls::{Offer, shake_hands};

use crate::stage::TestPlatform;

#[tokio::test]
async fn versions_and_suites_are_those_of_fapi() {
    let platform = TestPlatform::shared().await;
    for listener in [platform.addresses.public, platform.addresses.mutual] {
        for old in [SslVersion::TLS1, SslVersion::TLS1_1] {
            let refused = shake_hands(
                listener,
                Offer {
                    suites: "ALL:@SECLEVEL=0",
                    ..Offer::only(old)
                },
                None,
            )
            .err()
            .unwrap();
            assert!(refused.contains("protocol version"), "{refused}");
        }
        let both = Offer {
            lowest: SslVersion::TLS1_2,
            highest: SslVersion::TLS1_3,
            suites: "",
        };
        assert_eq!(
            shake_hands(listener, both, None).unwrap().ssl().version_str(),
            "TLSv1.3"
        );
        for suite in ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"] {
            let offer = Offer {
                suites: suite,
                ..Offer::only(SslVersion::TLS1_2)
            };
            let stream = shake_hands(listener, offer, None).unwrap();
            assert_eq!(stream.ssl().current_cipher().unwrap().name(), suite);
        }
        let others = "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256:\
                      ECDHE-RSA-AES128-SHA256:AES128-GCM-SHA256:AES128-SHA:@SECLEVEL=0";
        let refused = shake_hands(
            listener,
            Offer {
                suites: others,
                ..Offer::only(SslVersion::TLS1_2)
            },
            None,
        );
        let refused = refused.err().unwrap();
        assert!(refused.contains("handshake failure"), "{refused}");
    }
}

/// A handshake without a certificate succeeds; the endpoint then says what is missing, in a body.
#[tokio::test]
async fn a_certificate_is_asked_for_and_required_by_the_endpoint_alone() {
    let platform = TestPlatform::shared().await;
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let mut stream = shake_hands(platform.addresses.mutual, Offer::only(version), None).unwrap();
        let head = "GET /fdx/v6/core/accounts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer x\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert!(answer.contains("\"code\":\"603\""), "{answer}");
    }
}

/// M11: a session that one identity began is not another's.
#[tokio::test]
async fn m11_no_session_is_resumed_on_the_mutual_listener() {
    let platform = TestPlatform::shared().await;
    let (certificate, key) = platform.certificate("resumes");
    let mut stream = shake_hands(
        platform.addresses.mutual,
        Offer::only(SslVersion::TLS1_2),
        Some((&certificate, &key)),
    )
    .unwrap();
    stream
        .write_all(b"GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!stream.ssl().session_reused());
}

/// N03, N06: heads that are read in two ways by two readers.
#[tokio::test]
async fn n03_an_ambiguous_request_is_refused() {
    let platform = TestPlatform::shared().await;
    let heads = [
        "POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: localhost\r\nx-fapi-interaction-id: a\rb\r\n\r\n",
        "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost : localhost\r\n\r\n",
    ];
    for head in heads {
        let mut stream =
            shake_hands(platform.addresses.public, Offer::only(SslVersion::TLS1_3), None).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = vec![0; 64];
        let read = stream.read(&mut answer).unwrap_or_default();
        let answer = String::from_utf8_lossy(&answer[..read]);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{head:?}: {answer}"
        );
    }
}

/// N13: health and metrics are on a port of their own.
#[tokio::test]
async fn n13_operations_are_not_on_the_listeners_of_others() {
    let platform = TestPlatform::shared().await;
    let plain = platform.platform.channel(None);
    for path in ["/metrics", "/health/live", "/health/ready"] {
        let answer = plain
            .get(format!("{}{path}", platform.platform.public))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        let answer = plain
            .get(format!("http://{}{path}", platform.addresses.operations))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
}
