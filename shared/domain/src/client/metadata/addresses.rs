//! Addresses in a registration: those that a browser is sent to, and those that people are shown.

use url::Url;

use super::ClientMetadata;

/// What an authorization response adds, and a registered URI must not already hold (U07).
const RESPONSE_PARAMETERS: [&str; 8] = [
    "code",
    "state",
    "iss",
    "response",
    "error",
    "error_description",
    "id_token",
    "access_token",
];

/// U01 to U07: https with a host, no fragment, no user information, none of our own parameters.
pub(super) fn redirect_uri(text: &str) -> Result<(), &'static str> {
    // The parser would skip tabs and line breaks, and what is compared and sent is the text itself.
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.len() > 2000 || !visible || text.contains(['\\', '*']) {
        return Err("must be at most 2,000 visible ASCII characters without backslash or star");
    }
    let uri = Url::parse(text).map_err(|_| "is not a URI")?;
    if uri.scheme() != "https" || !text.starts_with("https://") {
        return Err("must be https");
    }
    if uri.host_str().is_none()
        || !uri.username().is_empty()
        || uri.password().is_some()
        || text.contains('@')
    {
        return Err("must have a host and no user information");
    }
    if uri.fragment().is_some() || text.contains('#') {
        return Err("must have no fragment");
    }
    if uri
        .query_pairs()
        .any(|(name, _)| RESPONSE_PARAMETERS.contains(&name.as_ref()))
    {
        return Err("must not carry a parameter of the authorization response");
    }
    Ok(())
}

/// What a page may make a link or a picture of: https, to a host, as nobody in particular (L13). The name of the first member
/// that is something else.
pub(super) fn shown(metadata: &ClientMetadata) -> Result<(), &'static str> {
    let own = [
        ("logo_uri", &metadata.logo_uri),
        ("client_uri", &metadata.client_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
    ];
    let intermediaries = metadata.intermediaries.iter().flat_map(|intermediary| {
        [
            ("uri of an intermediary", &intermediary.uri),
            ("logo_uri of an intermediary", &intermediary.logo_uri),
        ]
    });
    let harmless = |uri: &Url| {
        uri.scheme() == "https"
            && uri.host_str().is_some()
            && uri.username().is_empty()
            && uri.password().is_none()
    };
    own.into_iter()
        .chain(intermediaries)
        .find(|(_, uri)| uri.as_ref().is_some_and(|uri| !harmless(uri)))
        .map_or(Ok(()), |(name, _)| Err(name))
}
