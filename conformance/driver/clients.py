"""The pairs of clients that `make up` does not make by itself: keys, and registrations for `make up CLIENTS=DIR`.

`make up` makes those which sign with PS256, or have a certificate of its own authority. Here are those with other keys, those with a
certificate that nobody but themselves signed (RFC8705-2.2), and those to whom the answers are encrypted.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from . import keys


@dataclass(frozen=True)
class Pair:
    """Two clients that differ in nothing but their keys and redirect URIs."""

    profile: str
    method: str
    signs_with: str
    bound_to: str = "mtls"
    encrypted_with: str = ""
    """RFC 7518 `alg` of what is sent to it; nothing when it is signed alone."""


PAIRS = {
    "fapi2-es256": Pair("fapi2-security", "private_key_jwt", "ES256"),
    "fapi2-eddsa-dpop": Pair("fapi2-security", "private_key_jwt", "EdDSA", bound_to="dpop"),
    "fapi2-self-signed": Pair("fapi2-security", "self_signed_tls_client_auth", "ES256"),
    "fapi2-self-signed-dpop": Pair("fapi2-security", "self_signed_tls_client_auth", "ES256", bound_to="dpop"),
    "fapi2-signing-es256": Pair("fapi2-message-signing", "private_key_jwt", "ES256"),
    "fapi1-es256": Pair("fapi1-advanced", "private_key_jwt", "ES256"),
    "fapi1-self-signed": Pair("fapi1-advanced", "self_signed_tls_client_auth", "ES256"),
    "fapi1-encrypted": Pair("fapi1-advanced", "private_key_jwt", "PS256", encrypted_with="RSA-OAEP-256"),
    "fapi2-signing-encrypted": Pair("fapi2-message-signing", "private_key_jwt", "ES256", encrypted_with="ECDH-ES"),
}

SCOPE = "openid offline_access fdx:accountbasic:read fdx:transactions:read fdx:notifications:subscribe"

# The suite's second client has a query of its own, which must come back untouched.
QUERIES = {1: "", 2: "?dummy1=lorem&dummy2=ipsum"}


def write_all(folder: Path, suite: str) -> list[str]:
    """Writes `CLIENT_ID.json` for each client, and its private parts to `keys/`; gives their ids."""
    private = folder / "keys"
    private.mkdir(parents=True, exist_ok=True)
    private.chmod(0o700)
    return [
        _write_client(folder, f"{name}-{number}", pair, f"{suite}/test/a/concordat-{name}/callback{query}")
        for name, pair in PAIRS.items()
        for number, query in QUERIES.items()
    ]


def _write_client(folder: Path, client_id: str, pair: Pair, redirect_uri: str) -> str:
    own = [keys.private_jwk(keys.generate(pair.signs_with), pair.signs_with, f"{client_id}-sign")]
    if pair.encrypted_with:
        own.append(keys.private_jwk(keys.generate(pair.encrypted_with), pair.encrypted_with, f"{client_id}-encrypt"))
    tls_key = keys.generate("ES256")
    certificate = keys.certificate(tls_key, client_id)
    public = [keys.public_jwk(key) for key in own]
    if pair.method == "self_signed_tls_client_auth":
        tls = keys.public_jwk(keys.private_jwk(tls_key, "ES256", f"{client_id}-tls"))
        public.append({**tls, "x5c": [keys.der_of(certificate)]})
    # What the server signs with; it has no Ed25519 key.
    signed_with = "ES256" if pair.signs_with == "EdDSA" else pair.signs_with
    registration = {
        "client_name": f"Conformance {client_id}",
        "profile": pair.profile,
        "token_endpoint_auth_method": pair.method,
        "sender_constraint": pair.bound_to,
        "jwks": {"keys": public},
        "redirect_uris": [redirect_uri],
        "scope": SCOPE,
        "id_token_signed_response_alg": signed_with,
        "authorization_signed_response_alg": signed_with,
    }
    if pair.encrypted_with:
        for of in ("id_token", "authorization"):
            registration[f"{of}_encrypted_response_alg"] = pair.encrypted_with
            registration[f"{of}_encrypted_response_enc"] = "A256GCM"
    _write(folder / f"{client_id}.json", json.dumps(registration, indent=2) + "\n")
    _write(folder / f"keys/{client_id}.jwks", json.dumps({"keys": own}, indent=2) + "\n")
    _write(folder / f"keys/{client_id}.crt", certificate)
    _write(folder / f"keys/{client_id}.key", tls_key)
    return client_id


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
