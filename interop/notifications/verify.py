"""Verifies one notification with a library that is none of ours: what docs/notifications.md asks of a recipient, and nothing else."""

import base64
from collections import namedtuple

from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms

MUST_COVER = ("@method", "@target-uri", "content-digest", "date")

Request = namedtuple("Request", "method url headers")


class PublishedKeys(HTTPSignatureKeyResolver):
    """The keys of the bank's JWK Set, by `kid`."""

    def __init__(self, jwks):
        self.keys = {key["kid"]: key for key in jwks["keys"] if key.get("crv") == "P-256"}

    def resolve_public_key(self, key_id):
        def number(name):
            return int.from_bytes(base64.urlsafe_b64decode(self.keys[key_id][name] + "=="), "big")

        if key_id not in self.keys:
            raise InvalidSignature(f"no published key {key_id}")
        return ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()


class Verifier(HTTPMessageVerifier):
    """At an instant that is handed in, so that an example of another day can be verified."""

    now = 0

    def validate_created_and_expires(self, sig_input, max_age=None):
        created, expires = sig_input.params["created"], sig_input.params["expires"]
        if not created - 60 <= self.now <= expires:
            raise InvalidSignature("not of this time")


def verify(request, body, jwks, tag, now):
    """Raises `InvalidSignature` unless every part is right. `request.headers`: names in lower case; `now`: seconds since 1970."""
    verifier = Verifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=PublishedKeys(jwks))
    verifier.now = now
    verifier.verify(request, expect_tag=tag, require_components=MUST_COVER, body=body)
