"""mod_auth_openidc, as Debian packages it, completes what it knows of the profiles: discovery, authorization, tokens, userinfo, refresh.

  python3 journeys.py FACTS < JOURNEYS     FACTS is var/up.json; JOURNEYS the lines of `../journeys`

An Apache for each journey, with one protected page and the module before it. Prints a line a journey; exit 1 when any fails. The consumer's
part is `../consumer`; what its browser would do at the recipient is done here. `APACHE` and `MODULES`: where Debian puts them, unless set.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

APACHE = os.environ.get("APACHE", "/usr/sbin/apache2")
MODULES = os.environ.get("MODULES", "/usr/lib/apache2/modules")
LACKS = {
    "own": "it acts for a consumer alone",
    "mtls": "no way to the mtls_endpoint_aliases",
    "dpop": "no DPoP",
}
CONFIGURATION = """
ServerRoot {folder}
ServerName {name}
DocumentRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
Listen 127.0.0.1:{port}
User #65534
Group #65534
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCCABundlePath {folder}/authority.pem
OIDCClientID {client_id}
{more}
OIDCProviderTokenEndpointAuth {method}
OIDCRedirectURI {redirect_uri}
OIDCCryptoPassphrase exposed-to-nobody
OIDCScope "openid offline_access"
OIDCXForwardedHeaders X-Forwarded-Proto
<Location />
    AuthType openid-connect
    Require valid-user
    # For the one who looks whether it worked.
    Header always set X-Subject "expr=%{{reqenv:OIDC_CLAIM_sub}}"
    Header always set X-Access-Token "expr=%{{reqenv:OIDC_access_token}}"
</Location>
"""


class Failed(Exception):
    """Something was not as it should be."""


def expect(is_so: bool, otherwise: str) -> None:
    """Ends the journey when it is not so."""
    if not is_so:
        raise Failed(otherwise)


class Recipient:
    """An Apache with the module, configured for one registered client; ends with the block."""

    def __init__(self, facts: dict, registered: dict, words: list[str], folder: Path):
        self._redirect_uri = urlsplit(registered["redirect_uris"][0])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        (folder / "page").write_text("here")
        # Apache's children, who are nobody, read it.
        shutil.copyfile(facts["ca"], folder / "authority.pem")
        self._log = folder / "error.log"
        file = folder / "httpd.conf"
        file.write_text(
            CONFIGURATION.format(
                folder=folder,
                name=self._redirect_uri.netloc,
                port=self._port,
                modules=MODULES,
                issuer=facts["issuer"],
                client_id=registered["client_id"],
                method=registered["auth_method"],
                redirect_uri=self._redirect_uri.geturl(),
                more="\n".join(_own_settings(registered, words, folder)),
            )
        )
        file.chmod(0o600)
        self._apache = subprocess.Popen([APACHE, "-DFOREGROUND", "-f", file])
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> "Recipient":
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=5).close()
                return self
            except OSError:
                expect(self._apache.poll() is None, f"Apache did not start: {self.told()}")
                time.sleep(0.1)
        raise Failed("Apache does not answer")

    def __exit__(self, *_) -> None:
        self._apache.terminate()
        self._apache.wait()

    def told(self) -> str:
        """What its log tells last of errors."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return next((line for line in reversed(lines) if ":error]" in line), "")

    def get(self, target: str) -> http.client.HTTPResponse:
        """What a browser would get there, with the cookies that it has by now."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        # What ends TLS before the server says that it did.
        headers = {"Host": self._redirect_uri.netloc, "X-Forwarded-Proto": "https", "Accept": "text/html", "Cookie": cookies}
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


def _own_settings(registered: dict, words: list[str], folder: Path):
    """What not every client has."""
    beside = Path(registered["registration"]).parent / "keys" / registered["client_id"]
    if registered["auth_method"].startswith("client_secret_"):
        secret = Path(registered["client_secret"] or f"{beside}.secret").read_text()
        yield f'OIDCClientSecret "{secret}"'
    else:
        # Before the method, which the module refuses until there is a key.
        kid = json.loads(Path(f"{beside}.jwks").read_text())["keys"][0]["kid"]
        public = folder / "public.pem"
        subprocess.run(["openssl", "pkey", "-in", f"{beside}.pem", "-pubout", "-out", public], check=True)
        yield f"OIDCPrivateKeyFiles {kid}#{beside}.pem"
        yield f"OIDCPublicKeyFiles {kid}#{public}"
    if "no-pkce" not in words:
        yield "OIDCPKCEMethod S256"
    if "signed-answers" in words:
        yield "OIDCUserInfoSignedResponseAlg RS256"


def travel(facts_file: Path, facts: dict, registered: dict, words: list[str], folder: Path) -> None:
    """The whole journey of OpenID Connect."""
    with Recipient(facts, registered, words, folder) as recipient:
        asked = recipient.get("/page")
        expect(asked.status == 302, f"{asked.status} where the consumer should be sent away: {recipient.told()}")
        consumer = Path(__file__).resolve().parent.parent / "consumer"
        command = [consumer, facts_file, asked.headers["Location"], registered["redirect_uris"][0]]
        done = subprocess.run(command, capture_output=True, text=True)
        expect(done.returncode == 0, done.stderr.strip())
        answer = urlsplit(done.stdout.strip())
        back = recipient.get(f"{answer.path}?{answer.query}")
        expect(back.status == 302, f"{back.status} for the code: {recipient.told()}")
        page = recipient.get("/page")
        expect(page.status == 200 and bool(page.headers["X-Subject"]), f"{page.status}: {recipient.told()}")
        # The hook of the module: a new access token, then back to the page.
        first = page.headers["X-Access-Token"]
        page_url = f"https://{urlsplit(registered['redirect_uris'][0]).netloc}/page"
        refreshed = recipient.get(f"{answer.path}?refresh={quote(page_url, safe='')}&access_token={quote(first, safe='')}")
        expect(refreshed.status == 302 and "error" not in refreshed.headers["Location"], f"refresh: {recipient.told()}")
        page = recipient.get("/page")
        expect(page.headers["X-Access-Token"] not in (None, "", first), f"the same access token again: {recipient.told()}")


def attempt(facts_file: Path, client_id: str, words: list[str]) -> str:
    """One journey; gives the line that tells how it went."""
    name = " ".join(words)
    for word in words:
        if word in LACKS:
            return f"lacks   {name}: {LACKS[word]}"
    try:
        facts = json.loads(facts_file.read_text())
        known = {client["client_id"]: client for client in facts["clients"]}
        expect(client_id in known, f"{client_id} is not registered (README.md)")
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            travel(facts_file, facts, known[client_id], words, Path(folder))
    except (Failed, OSError) as problem:
        return f"FAILED  {name}: {problem}"
    return f"ok      {name}"


def main(facts_file: str) -> int:
    """Every journey, one after another."""
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
