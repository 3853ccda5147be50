"""Authlib, as it is installed, completes each profile: discovery, authorization, tokens, accounts, userinfo, refresh, revocation.

  python journeys.py FACTS [WORDS...]     FACTS is var/up.json; WORDS: only journeys whose names hold them all

Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`. DPoP is not here, since Authlib has none.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken, HybridIDToken
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

FDX = "fdx:accountbasic:read fdx:transactions:read"
OPENID = f"openid offline_access {FDX}"
RICH = [
    {
        "type": "fdx_v1.0",
        "consentRequest": {
            "durationType": "TIME_BOUND",
            "durationPeriod": 30,
            "lookbackPeriod": 60,
            "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}],
        },
    }
]


@dataclass(frozen=True)
class Journey:
    """One way through; the words of its name say which."""

    name: str
    client_id: str
    scope: str = OPENID
    signed: bool = False
    pushed: bool = True
    jarm: bool = False
    hybrid: bool = False
    rich: bool = False


JOURNEYS = [
    Journey("fapi1 jwt value code-id_token", "fapi1-jwt-1", signed=True, pushed=False, hybrid=True),
    Journey("fapi1 jwt pushed jarm", "fapi1-jwt-1", signed=True, jarm=True),
    Journey("fapi1 mtls pushed code-id_token", "fapi1-mtls-1", signed=True, hybrid=True),
    Journey("fapi2 jwt mtls-bound openid", "fapi2-jwt-1"),
    Journey("fapi2 jwt mtls-bound oauth rich", "fapi2-jwt-1", scope=FDX, rich=True),
    Journey("fapi2 mtls mtls-bound openid", "fapi2-mtls-1"),
    Journey("signing jwt mtls-bound openid jarm rich", "fapi2-signing-jwt-1", signed=True, jarm=True, rich=True),
    Journey("signing mtls mtls-bound oauth plain", "fapi2-signing-mtls-1", scope=FDX, signed=True),
    # A client of OpenID Connect learns who somebody is and reads no account.
    Journey("oidc basic", "oidc-1", scope="openid offline_access", pushed=False),
    Journey("oidc post", "oidc-post", scope="openid offline_access", pushed=False),
]


class Failed(Exception):
    """Something was not as it should be."""


def expect(is_so: bool, otherwise: str) -> None:
    """Ends the journey when it is not so."""
    if not is_so:
        raise Failed(otherwise)


class Recipient:
    """A registered client, with the library's session."""

    def __init__(self, facts_file: Path, journey: Journey):
        self._facts_file, self._journey = facts_file, journey
        self._facts = json.loads(facts_file.read_text())
        known = {client["client_id"]: client for client in self._facts["clients"]}
        expect(journey.client_id in known, f"{journey.client_id} is not registered")
        self._registered = known[journey.client_id]
        self._redirect_uri = self._registered["redirect_uris"][0]
        method, secret = self._registered["auth_method"], self._registered.get("client_secret")
        if secret:
            self._algorithm, self._key, proof = "RS256", None, Path(secret).read_text()
        else:
            jwk = json.loads(Path(self._registered["jwks"]).read_text())["keys"][0]
            self._algorithm, self._key = jwk["alg"], RSAKey.import_key(jwk)
            proof = self._key
            # `none` sends the client_id alone: the certificate proves the rest (RFC8705-2).
            method = method if method == "private_key_jwt" else "none"
        self._session = OAuth2Session(
            journey.client_id,
            proof,
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            redirect_uri=self._redirect_uri,
            default_timeout=20,
        )
        # What the environment says of authorities and proxies is not meant for this server.
        self._session.trust_env = False
        self._session.verify = self._facts["ca"]
        if not secret:
            self._session.cert = (self._registered["certificate"], self._registered["certificate_key"])
        self._metadata = self._session.get(self._facts["discovery"], withhold_token=True).json()
        self._keys = KeySet.import_key_set(self._session.get(self._metadata["jwks_uri"], withhold_token=True).json())
        if method == "private_key_jwt":
            # The audience is the issuer, in every profile (FAPI2-SP-FINAL-5.3.2.1-8).
            signing = PrivateKeyJWT(self._metadata["issuer"], headers={"kid": self._key.kid}, alg=self._algorithm)
            self._session.register_client_auth_method(signing)

    def travel(self) -> None:
        """The whole journey."""
        verifier, nonce, state = generate_token(64), generate_token(24), generate_token(24)
        answer = self._consume(self._authorization_url(self._parameters(verifier, nonce, state)))
        code = self._code(answer, nonce, state)
        tokens = self._session.fetch_token(
            self._endpoint("token_endpoint"), grant_type="authorization_code", code=code, code_verifier=verifier
        )
        expect("refresh_token" in tokens, "no refresh token")
        expect(not self._journey.rich or tokens["authorization_details"][0]["type"] == "fdx_v1.0", "not rich")
        reads = "fdx:" in self._journey.scope
        expect(not reads or self._accounts() > 0, "no account")
        if "openid" in self._journey.scope:
            subject = self._id_token(tokens["id_token"], CodeIDToken, nonce, access_token=tokens["access_token"])["sub"]
            told = self._session.get(self._endpoint("userinfo_endpoint"))
            expect(told.status_code == 200 and told.json()["sub"] == subject, f"userinfo: {told.status_code}")

        first, refresh_token = tokens["access_token"], tokens["refresh_token"]
        renewed = self._session.refresh_token(self._endpoint("token_endpoint"), refresh_token=refresh_token)
        expect(renewed["access_token"] != first, "the same access token again")
        expect(not reads or self._accounts() > 0, "no account after the refresh")

        introspection = self._endpoint("introspection_endpoint")
        known = self._session.introspect_token(introspection, token=renewed["access_token"]).json()
        expect(known["active"], "a token of its own is not active")
        given_back = self._session.revoke_token(self._endpoint("revocation_endpoint"), token=refresh_token)
        expect(given_back.status_code == 200, f"revocation: {given_back.status_code}")
        known = self._session.introspect_token(introspection, token=renewed["access_token"]).json()
        expect(not known["active"], "an access token outlives its refresh token")

    def _parameters(self, verifier: str, nonce: str, state: str) -> dict:
        parameters = {
            "client_id": self._journey.client_id,
            "response_type": "code id_token" if self._journey.hybrid else "code",
            "redirect_uri": self._redirect_uri,
            "scope": self._journey.scope,
            "state": state,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        if "openid" in self._journey.scope:
            parameters["nonce"] = nonce
        if self._journey.jarm:
            parameters["response_mode"] = "jwt"
        if self._journey.rich:
            parameters["authorization_details"] = RICH if self._journey.signed else json.dumps(RICH)
        return parameters

    def _authorization_url(self, parameters: dict) -> str:
        asked = parameters
        if self._journey.signed:
            now = int(time.time())
            claims = {
                **parameters,
                "iss": self._journey.client_id,
                "aud": self._metadata["issuer"],
                "nbf": now,
                "exp": now + 300,
            }
            header = {"alg": self._algorithm, "kid": self._key.kid, "typ": "oauth-authz-req+jwt"}
            request = jwt.encode(header, claims, self._key, algorithms=[self._algorithm])
            asked = {"client_id": self._journey.client_id, "request": request}
        if self._journey.pushed:
            endpoint = self._endpoint("pushed_authorization_request_endpoint")
            proof = self._session.client_auth(self._session.token_endpoint_auth_method)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            # `none` adds the client_id by itself; twice is once too often (RFC6749-3.1).
            adds_it = self._session.token_endpoint_auth_method == "none"
            form = {name: value for name, value in asked.items() if name != "client_id" or not adds_it}
            pushed = self._session.post(endpoint, data=urlencode(form), headers=headers, auth=proof)
            expect(pushed.status_code == 201, f"pushed: {pushed.status_code} {pushed.text}")
            asked = {"client_id": self._journey.client_id, "request_uri": pushed.json()["request_uri"]}
        elif self._journey.signed:
            # Outside the request object too (OIDC-Core-6.1).
            asked |= {name: parameters[name] for name in ("response_type", "scope", "redirect_uri")}
        return f"{self._metadata['authorization_endpoint']}?{urlencode(asked)}"

    def _consume(self, url: str) -> str:
        consumer = Path(__file__).resolve().parent.parent / "consumer"
        command = [consumer, self._facts_file, url, self._redirect_uri]
        done = subprocess.run(command, capture_output=True, text=True)
        expect(done.returncode == 0, done.stderr.strip())
        return done.stdout.strip()

    def _code(self, answer: str, nonce: str, state: str) -> str:
        parts = urlsplit(answer)
        told = {name: values[0] for name, values in parse_qs(parts.fragment or parts.query).items()}
        if self._journey.jarm:
            token = jwt.decode(told["response"], self._keys, algorithms=[self._algorithm])
            registry = jwt.JWTClaimsRegistry(
                iss={"essential": True, "value": self._metadata["issuer"]},
                aud={"essential": True, "value": self._journey.client_id},
                exp={"essential": True},
            )
            registry.validate(token.claims)
            told = token.claims
        elif not self._journey.hybrid:
            expect(told.get("iss") == self._metadata["issuer"], "the answer is another issuer's (RFC9207-2.4)")
        expect("code" in told, f"no code: {told.get('error')}")
        expect(told.get("state") == state, "another state")
        if self._journey.hybrid:
            detached = self._id_token(told["id_token"], HybridIDToken, nonce, code=told["code"])
            expect("s_hash" in detached, "no s_hash")
        return told["code"]

    def _id_token(self, text: str, kind: type, nonce: str, **with_it: str) -> CodeIDToken:
        token = jwt.decode(text, self._keys, algorithms=[self._algorithm])
        options = {
            "iss": {"essential": True, "value": self._metadata["issuer"]},
            "aud": {"essential": True, "value": self._journey.client_id},
        }
        params = {"client_id": self._journey.client_id, "nonce": nonce, **with_it}
        claims = kind(token.claims, token.header, options, params)
        claims.validate()
        return claims

    def _endpoint(self, name: str) -> str:
        return (self._metadata if self._key is None else self._metadata["mtls_endpoint_aliases"])[name]

    def _accounts(self) -> int:
        answer = self._session.get(f"{self._facts['fdx']}/core/accounts")
        expect(answer.status_code == 200, f"the accounts answer {answer.status_code}")
        return len(answer.json()["accounts"])


def main(facts_file: str, *words: str) -> int:
    """Every journey that is wanted, one after another."""
    failures = 0
    for journey in JOURNEYS:
        if not set(words) <= set(journey.name.split()):
            continue
        try:
            Recipient(Path(facts_file), journey).travel()
        except Exception as problem:  # whatever the library raises is how the journey ended
            failures += 1
            print(f"FAILED  {journey.name}: {type(problem).__name__} {problem}")
        else:
            print(f"ok      {journey.name}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
