"""Authlib, as it is installed, completes each profile: discovery, authorization, tokens, accounts, userinfo, narrower
tokens, introspection, revocation, the end of the consent.

  python journeys.py FACTS < JOURNEYS     FACTS is var/up.json; JOURNEYS the lines of `../journeys`

Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.
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
from joserfc import jwe, jwt
from joserfc.jwk import JWKRegistry, KeySet

FDX = "fdx:accountbasic:read fdx:transactions:read"
# A client of OpenID Connect learns who somebody is and reads no account.
SCOPES = {"oidc": "openid offline_access", "openid": f"openid offline_access {FDX}", "oauth": FDX}
LACKS = {"dpop": "Authlib has no DPoP"}


def rich(*data_clusters: str) -> list[dict]:
    """What is asked for in authorization_details."""
    request = {
        "durationType": "TIME_BOUND",
        "durationPeriod": 30,
        "lookbackPeriod": 60,
        "resources": [{"resourceType": "ACCOUNT", "dataClusters": list(data_clusters)}],
    }
    return [{"type": "fdx_v1.0", "consentRequest": request}]


@dataclass(frozen=True)
class Journey:
    """One way through, as `../journeys` says it."""

    client_id: str
    words: tuple[str, ...]

    def has(self, word: str) -> bool:
        """Whether that word is among its words."""
        return word in self.words

    @property
    def reads(self) -> bool:
        """Whether it reads accounts."""
        return not self.has("oidc")

    @property
    def scope(self) -> str:
        """What it asks for."""
        return SCOPES["oidc" if not self.reads else "openid" if self.has("openid") else "oauth"]


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
        registration = Path(self._registered["registration"])
        self._registration = json.loads(registration.read_text())
        self._redirect_uri = self._registered["redirect_uris"][0] if self._registered["redirect_uris"] else None

        def private(fact: str, kind: str) -> Path:
            """The private parts of a client that `make up` did not make are beside its registration."""
            return Path(self._registered[fact] or registration.parent / "keys" / f"{journey.client_id}.{kind}")

        method, self._certificate = self._registered["auth_method"], None
        self._key = self._decryption = None
        if method.startswith("client_secret_"):
            self._algorithm, proof = "RS256", private("client_secret", "secret").read_text()
        else:
            jwks = json.loads(private("jwks", "jwks").read_text())["keys"]
            self._algorithm, self._key = jwks[0]["alg"], JWKRegistry.import_key(jwks[0])
            self._decryption = JWKRegistry.import_key(jwks[1]) if len(jwks) > 1 else None
            proof = self._key
            # `none` sends the client_id alone: the certificate proves the rest (RFC8705-2).
            method = method if method == "private_key_jwt" else "none"
            if not journey.has("bearer"):
                self._certificate = (str(private("certificate", "crt")), str(private("certificate_key", "key")))
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
        self._session.cert = self._certificate
        self._metadata = self._session.get(self._facts["discovery"], withhold_token=True).json()
        self._keys = KeySet.import_key_set(self._session.get(self._metadata["jwks_uri"], withhold_token=True).json())
        if method == "private_key_jwt":
            # The audience is the issuer, in every profile (FAPI2-SP-FINAL-5.3.2.1-8).
            signing = PrivateKeyJWT(self._metadata["issuer"], headers={"kid": self._key.kid}, alg=self._algorithm)
            self._session.register_client_auth_method(signing)

    def act_for_itself(self) -> None:
        """Client credentials: a recipient asks for its notifications, an application of the bank for a consumer's consents."""
        is_bank = self._journey.has("solution")
        scope = "participantuser:consents:read" if is_bank else "fdx:notifications:subscribe"
        token = self._session.fetch_token(self._endpoint("token_endpoint"), grant_type="client_credentials", scope=scope)
        consents = f"{self._facts['issuer']}/participant/user/v1/consents?userId={self._facts['users'][0]['user_id']}"
        self._read(consents if is_bank else f"{self._facts['fdx']}/events/notifications")
        expect(self._is_active(token["access_token"]), "a token of its own is not active")
        self._give_back(token["access_token"])
        expect(not self._is_active(token["access_token"]), "a token that was given back is active")

    def travel(self) -> None:
        """The whole journey."""
        verifier, nonce, state = generate_token(64), generate_token(24), generate_token(24)
        answer = self._consume(self._authorization_url(self._parameters(verifier, nonce, state)))
        code = self._code(answer, nonce, state)
        pkce = {} if self._journey.has("no-pkce") else {"code_verifier": verifier}
        endpoint = self._endpoint("token_endpoint")
        tokens = dict(self._session.fetch_token(endpoint, grant_type="authorization_code", code=code, **pkce))
        expect("refresh_token" in tokens, "no refresh token")
        is_rich = self._journey.has("rich")
        expect(not is_rich or tokens["authorization_details"][0]["type"] == "fdx_v1.0", "no authorization_details")
        if self._journey.reads:
            expect(len(self._read(f"{self._facts['fdx']}/core/accounts")["accounts"]) > 0, "no account")
        if self._journey.has("openid"):
            subject = self._id_token(tokens["id_token"], CodeIDToken, nonce, access_token=tokens["access_token"])["sub"]
            expect(self._userinfo()["sub"] == subject, "userinfo is of somebody else")

        refresh_token = tokens["refresh_token"]
        renewed = self._session.refresh_token(endpoint, refresh_token=refresh_token)["access_token"]
        expect(renewed != tokens["access_token"], "the same access token again")
        if self._journey.reads:
            self._narrow(tokens)

        expect(self._is_active(renewed), "a token of its own is not active")
        self._give_back(renewed)
        expect(not self._is_active(renewed), "a token that was given back is active")
        if self._journey.reads:
            self._end_consent(tokens)
        else:
            self._give_back(refresh_token)
        expect(not self._is_active(tokens["access_token"]), "an access token outlives its grant")

    def _narrow(self, tokens: dict) -> None:
        """A token for less than was granted, which the server tells and holds to (RFC6749-6, RFC9396-6.1)."""
        is_rich = self._journey.has("rich")
        less = {"authorization_details": json.dumps(rich("ACCOUNT_BASIC"))} if is_rich else {"scope": "fdx:accountbasic:read"}
        self._session.refresh_token(self._endpoint("token_endpoint"), refresh_token=tokens["refresh_token"], **less)
        account = self._read(f"{self._facts['fdx']}/core/accounts")["accounts"][0]["accountId"]
        transactions = f"{self._facts['fdx']}/core/accounts/{account}/transactions"
        refused = self._session.get(transactions)
        expect(refused.status_code == 403, f"a narrower token reads transactions: {refused.status_code}")
        self._session.token = tokens
        self._read(transactions)

    def _end_consent(self, tokens: dict) -> None:
        self._session.token = tokens
        revocation = f"{self._facts['fdx']}/consents/{tokens['grant_id']}/revocation"
        ended = self._session.put(revocation, json={"reason": "USER_ACTION", "initiator": "INDIVIDUAL"})
        expect(ended.status_code == 204, f"the consent's revocation answers {ended.status_code}")

    def _is_active(self, token: str) -> bool:
        headers = {}
        if self._journey.has("signed-answers"):
            headers["Accept"] = "application/token-introspection+jwt"
        answer = self._session.introspect_token(self._endpoint("introspection_endpoint"), token=token, headers=headers)
        expect(answer.status_code == 200, f"introspection: {answer.status_code}")
        if not self._journey.has("signed-answers"):
            return answer.json()["active"]
        return self._signed(answer.text)["token_introspection"]["active"]

    def _give_back(self, token: str) -> None:
        answer = self._session.revoke_token(self._endpoint("revocation_endpoint"), token=token)
        expect(answer.status_code == 200, f"revocation: {answer.status_code}")

    def _userinfo(self) -> dict:
        answer = self._session.get(self._endpoint("userinfo_endpoint"))
        expect(answer.status_code == 200, f"userinfo: {answer.status_code}")
        if not self._journey.has("signed-answers"):
            return answer.json()
        # With this algorithm the answer says itself that it is a JWT (OIDC-Core-5.3.2).
        expect(answer.headers["content-type"] == "application/jwt", "userinfo is not signed")
        return self._signed(self._open(answer.text))

    def _signed(self, text: str) -> dict:
        """The claims of a JWT of the server for this client."""
        token = jwt.decode(text, self._keys, algorithms=[self._algorithm])
        registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self._metadata["issuer"]},
            aud={"essential": True, "value": self._journey.client_id},
        )
        registry.validate(token.claims)
        return token.claims

    def _open(self, text: str) -> str:
        """What is inside, when it is encrypted for this client."""
        if self._decryption is None:
            return text
        algorithms = ["RSA-OAEP-256", "A256GCM"]
        return jwe.decrypt_compact(text, self._decryption, algorithms=algorithms).plaintext.decode()

    def _parameters(self, verifier: str, nonce: str, state: str) -> dict:
        parameters = {
            "client_id": self._journey.client_id,
            "response_type": "code id_token" if self._journey.has("code-id_token") else "code",
            "redirect_uri": self._redirect_uri,
            "scope": self._journey.scope,
            "state": state,
        }
        if not self._journey.has("no-pkce"):
            parameters |= {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
        if self._journey.has("openid"):
            parameters["nonce"] = nonce
        if self._journey.has("jarm"):
            parameters["response_mode"] = "jwt"
        if self._journey.has("rich"):
            details = rich("ACCOUNT_BASIC", "TRANSACTIONS")
            parameters["authorization_details"] = details if self._journey.has("signed") else json.dumps(details)
        return parameters

    def _authorization_url(self, parameters: dict) -> str:
        asked = parameters
        if self._journey.has("signed"):
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
        if self._journey.has("pushed"):
            endpoint = self._endpoint("pushed_authorization_request_endpoint")
            proof = self._session.client_auth(self._session.token_endpoint_auth_method)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            # `none` adds the client_id by itself; twice is once too often (RFC6749-3.1).
            adds_it = self._session.token_endpoint_auth_method == "none"
            form = {name: value for name, value in asked.items() if name != "client_id" or not adds_it}
            pushed = self._session.post(endpoint, data=urlencode(form), headers=headers, auth=proof)
            expect(pushed.status_code == 201, f"pushed: {pushed.status_code} {pushed.text}")
            asked = {"client_id": self._journey.client_id, "request_uri": pushed.json()["request_uri"]}
        elif self._journey.has("signed"):
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
        if self._journey.has("jarm"):
            told = self._signed(self._open(told["response"]))
            expect("exp" in told, "a response without an end (JARM-2.1)")
        elif not self._journey.has("code-id_token"):
            expect(told.get("iss") == self._metadata["issuer"], "the answer is another issuer's (RFC9207-2.4)")
        expect("code" in told, f"no code: {told.get('error')}")
        expect(told.get("state") == state, "another state")
        if self._journey.has("code-id_token"):
            detached = self._id_token(told["id_token"], HybridIDToken, nonce, code=told["code"])
            expect("s_hash" in detached, "no s_hash")
        return told["code"]

    def _id_token(self, text: str, kind: type, nonce: str, **with_it: str) -> CodeIDToken:
        token = jwt.decode(self._open(text), self._keys, algorithms=[self._algorithm])
        options = {
            "iss": {"essential": True, "value": self._metadata["issuer"]},
            "aud": {"essential": True, "value": self._journey.client_id},
        }
        params = {"client_id": self._journey.client_id, "nonce": nonce, **with_it}
        claims = kind(token.claims, token.header, options, params)
        claims.validate()
        return claims

    def _endpoint(self, name: str) -> str:
        return (self._metadata if self._certificate is None else self._metadata["mtls_endpoint_aliases"])[name]

    def _read(self, url: str) -> dict:
        answer = self._session.get(url)
        expect(answer.status_code == 200, f"{urlsplit(url).path} answers {answer.status_code}")
        return answer.json()


def attempt(facts_file: Path, journey: Journey) -> str:
    """One journey; gives the line that tells how it went."""
    name = " ".join(journey.words)
    for word in journey.words:
        if word in LACKS:
            return f"lacks   {name}: {LACKS[word]}"
    try:
        recipient = Recipient(facts_file, journey)
        recipient.act_for_itself() if journey.has("own") else recipient.travel()
    except Exception as problem:  # whatever the library raises is how the journey ended
        return f"FAILED  {name}: {type(problem).__name__} {problem}"
    return f"ok      {name}"


def main(facts_file: str) -> int:
    """Every journey, one after another."""
    failures = 0
    for client_id, *words in map(str.split, sys.stdin.read().splitlines()):
        told = attempt(Path(facts_file), Journey(client_id, tuple(words)))
        failures += told.startswith("FAILED")
        print(told, flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
