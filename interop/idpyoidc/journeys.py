"""idpyoidc, as it is installed, completes what it knows of the profiles: discovery, authorization, tokens, userinfo, refresh; client credentials.

  python journeys.py FACTS < JOURNEYS     FACTS is var/up.json; JOURNEYS the lines of `../journeys`

Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.
"""

import json
import logging
import subprocess
import sys
import warnings
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests
from cryptojwt.key_jar import KeyJar
from idpyoidc.client.oauth2 import Client
from idpyoidc.client.rp_handler import RPHandler

OF_OPENID = {
    "discovery": "oidc.provider_info_discovery.ProviderInfoDiscovery",
    "authorization": "oidc.authorization.Authorization",
    "access_token": "oidc.access_token.AccessToken",
    "refresh_access_token": "oidc.refresh_access_token.RefreshAccessToken",
    "userinfo": "oidc.userinfo.UserInfo",
}
OF_ITSELF = {
    "discovery": "oauth2.server_metadata.ServerMetadata",
    "client_credentials": "oauth2.client_credentials.CCAccessTokenRequest",
}
PKCE = {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}
LACKS = {
    "signed": "its request objects have no nbf (FAPI1-ADV-5.2.2-17)",
    "pushed": "it takes 200 alone for a pushed request, where RFC9126-2.2 says 201",
    "mtls": "no way to the mtls_endpoint_aliases",
    "dpop": "no DPoP for client credentials",
}


class Failed(Exception):
    """Something was not as it should be."""


def expect(is_so: bool, otherwise: str) -> None:
    """Ends the journey when it is not so."""
    if not is_so:
        raise Failed(otherwise)


class Recipient:
    """A registered client, as the library is configured for it."""

    def __init__(self, facts_file: Path, client_id: str, words: list[str]):
        self._facts_file, self._facts = facts_file, json.loads(facts_file.read_text())
        known = {client["client_id"]: client for client in self._facts["clients"]}
        expect(client_id in known, f"{client_id} is not registered (README.md)")
        self._registered, self._words = known[client_id], words
        self._issuer, self._method = self._facts["issuer"], self._registered["auth_method"]
        registration = Path(self._registered["registration"])
        services = OF_ITSELF if "own" in words else OF_OPENID
        self._channel = {"verify": self._facts["ca"]}
        self._keys = KeyJar(httpc_params=self._channel)
        self._configuration = {
            "client_type": "oidc",
            "issuer": self._issuer,
            "client_id": client_id,
            "redirect_uris": self._registered["redirect_uris"],
            "scopes_supported": ["openid", "offline_access"],
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": [self._method],
            "client_authn_methods": [self._method],
            "provider_info": {"issuer": self._issuer},
            "services": {name: {"class": f"idpyoidc.client.{service}"} for name, service in services.items()},
            "add_ons": {} if "no-pkce" in words or "own" in words else {"pkce": PKCE},
        }
        # What it registered of the answers is what the library expects of them.
        told = json.loads(registration.read_text())
        self._configuration |= {name: value for name, value in told.items() if name.endswith("_signed_response_alg")}
        if self._method.startswith("client_secret_"):
            beside = registration.parent / "keys" / f"{client_id}.secret"
            self._configuration["client_secret"] = Path(self._registered["client_secret"] or beside).read_text()
        else:
            keys = json.loads((registration.parent / "keys" / f"{client_id}.jwks").read_text())
            self._configuration["token_endpoint_auth_signing_alg"] = keys["keys"][0]["alg"]
            for owner in ("", client_id):
                self._keys.import_jwks(keys, owner)

    def travel(self) -> None:
        """The whole journey of OpenID Connect."""
        handler = RPHandler(
            base_url="https://recipient.example",
            client_configs={self._issuer: self._configuration},
            httpc_params=self._channel,
            keyjar=self._keys,
        )
        redirect_uri = self._registered["redirect_uris"][0]
        answer = self._consume(handler.begin(self._issuer), redirect_uri)
        told = handler.finalize(self._issuer, dict(parse_qsl(urlsplit(answer).query)))
        expect("error" not in told, f"refused: {told.get('error')}")
        expect(told["userinfo"]["sub"] == told["id_token"]["sub"], "userinfo is of somebody else")
        renewed = handler.refresh_access_token(told["state"])
        expect(renewed["access_token"] != told["token"], "the same access token again")
        again = handler.get_user_info(told["state"], access_token=renewed["access_token"])
        expect(again["sub"] == told["id_token"]["sub"], "userinfo is of somebody else after the refresh")

    def act_for_itself(self) -> None:
        """Client credentials: an application of the bank asks for a consumer's consents."""
        client = Client(config=self._configuration, keyjar=self._keys, httpc_params=self._channel)
        client.do_request("server_metadata")
        asked = {"grant_type": "client_credentials", "scope": ["participantuser:consents:read"]}
        token = client.do_request("client_credentials", request_args=asked, authn_method=self._method)
        expect("access_token" in token, f"no token: {token}")
        consents = f"{self._issuer}/participant/user/v1/consents?userId={self._facts['users'][0]['user_id']}"
        headers = {"Authorization": f"{token['token_type']} {token['access_token']}"}
        answer = requests.get(consents, headers=headers, verify=self._facts["ca"], timeout=20)
        expect(answer.status_code == 200, f"the consents answer {answer.status_code}")

    def _consume(self, url: str, redirect_uri: str) -> str:
        consumer = Path(__file__).resolve().parent.parent / "consumer"
        done = subprocess.run([consumer, self._facts_file, url, redirect_uri], capture_output=True, text=True)
        expect(done.returncode == 0, done.stderr.strip())
        return done.stdout.strip()


def attempt(facts_file: Path, client_id: str, words: list[str]) -> str:
    """One journey; gives the line that tells how it went."""
    name = " ".join(words)
    for word in words:
        if word in LACKS:
            return f"lacks   {name}: {LACKS[word]}"
    try:
        recipient = Recipient(facts_file, client_id, words)
        recipient.act_for_itself() if "own" in words else recipient.travel()
    except Exception as problem:  # whatever the library raises is how the journey ended
        return f"FAILED  {name}: {type(problem).__name__} {problem}"
    return f"ok      {name}"


def main(facts_file: str) -> int:
    """Every journey, one after another."""
    # It tells much, and that it does not verify whom it asks for keys at `localhost` (cryptojwt has that built in).
    logging.disable()
    warnings.filterwarnings("ignore", "Unverified HTTPS request")
    failures = 0
    for client_id, *words in map(str.split, sys.stdin.read().splitlines()):
        told = attempt(Path(facts_file), client_id, words)
        failures += told.startswith("FAILED")
        print(told, flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
