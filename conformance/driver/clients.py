"""The pairs of clients that `make up` does not make by itself: keys, and registrations for `make up CLIENTS=DIR`.

`make up` makes those which sign with PS256, or have a certificate of its own authority. Here are those with ES256,
those with a certificate that nobody but themselves signed (RFC8705-2.2), and those whose tokens are bound to a DPoP
key.
"""

import json
from pathlib import Path

from . import keys

# pair: profile, method, algorithm of the signing key, sender constraint
PAIRS = {
    "fapi2-dpop-jwt": ("fapi2-security", "private_key_jwt", "PS256", "dpop"),
    "fapi2-dpop-mtls": ("fapi2-security", "self_signed_tls_client_auth", "PS256", "dpop"),
    "fapi2-signing-dpop-jwt": ("fapi2-message-signing", "private_key_jwt", "PS256", "dpop"),
    "fapi2-signing-dpop-mtls": ("fapi2-message-signing", "self_signed_tls_client_auth", "PS256", "dpop"),
    "fapi2-es256": ("fapi2-security", "private_key_jwt", "ES256", "mtls"),
    "fapi2-self-signed": ("fapi2-security", "self_signed_tls_client_auth", "ES256", "mtls"),
    "fapi2-signing-es256": ("fapi2-message-signing", "private_key_jwt", "ES256", "mtls"),
    "fapi1-es256": ("fapi1-advanced", "private_key_jwt", "ES256", "mtls"),
    "fapi1-self-signed": ("fapi1-advanced", "self_signed_tls_client_auth", "ES256", "mtls"),
}

SCOPE = "openid offline_access fdx:accountbasic:read fdx:transactions:read fdx:notifications:subscribe"

# The suite's second client has a query of its own, which must come back untouched.
QUERIES = {1: "", 2: "?dummy1=lorem&dummy2=ipsum"}


def write_all(folder: Path, suite: str) -> list[str]:
    """Writes `CLIENT_ID.json` for each client, and its private parts to `keys/`; gives their ids."""
    private = folder / "keys"
    private.mkdir(parents=True, exist_ok=True)
    private.chmod(0o700)
    written = []
    for pair, (profile, method, algorithm, constraint) in PAIRS.items():
        for number, query in QUERIES.items():
            client_id = f"{pair}-{number}"
            signing = keys.private_jwk(keys.generate(algorithm), algorithm, f"{client_id}-sign")
            tls_key = keys.generate("ES256")
            certificate = keys.certificate(tls_key, client_id)
            public = [keys.public_jwk(signing)]
            if method == "self_signed_tls_client_auth":
                tls = keys.public_jwk(keys.private_jwk(tls_key, "ES256", f"{client_id}-tls"))
                public.append({**tls, "x5c": [keys.der_of(certificate)]})
            registration = {
                "client_name": f"Conformance {pair} {number}",
                "profile": profile,
                "token_endpoint_auth_method": method,
                "sender_constraint": constraint,
                "jwks": {"keys": public},
                "redirect_uris": [f"{suite}/test/a/concordat-{pair}/callback{query}"],
                "scope": SCOPE,
                "id_token_signed_response_alg": algorithm,
                "authorization_signed_response_alg": algorithm,
            }
            _write(folder / f"{client_id}.json", json.dumps(registration, indent=2) + "\n")
            _write(private / f"{client_id}.jwks", json.dumps({"keys": [signing]}, indent=2) + "\n")
            _write(private / f"{client_id}.crt", certificate)
            _write(private / f"{client_id}.key", tls_key)
            written.append(client_id)
    return written


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
