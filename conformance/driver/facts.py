"""What a running platform tells of itself: `var/up.json`, which `make up` writes."""

import json
from dataclasses import dataclass
from pathlib import Path


class NotRunning(Exception):
    """No platform that `make up` started is there."""


@dataclass(frozen=True)
class Client:
    """A registered client and its private parts."""

    client_id: str
    auth_method: str
    redirect_uris: list[str]
    jwks: dict | None
    """Private: exactly one signing key; none of a client with a secret, nor the next two."""
    certificate: str
    """PEM."""
    certificate_key: str
    """PEM, PKCS #8."""
    secret: str
    """Of a client that has one."""


@dataclass(frozen=True)
class Facts:
    """The members of `up.json` that are used here."""

    issuer: str
    fdx: str
    user: tuple[str, str]
    """A consumer's user name and password."""
    clients: dict[str, dict]

    @staticmethod
    def read(file: Path) -> "Facts":
        """Reads the file; it is there while the platform runs."""
        try:
            text = json.loads(file.read_text())
        except FileNotFoundError:
            raise NotRunning(f"{file} is not there: run `make up SUITE=...` in another terminal") from None
        first = text["users"][0]
        return Facts(
            issuer=text["issuer"],
            fdx=text["fdx"],
            user=(first["username"], first["password"]),
            clients={client["client_id"]: client for client in text["clients"]},
        )

    def client(self, client_id: str) -> Client | None:
        """The client with its keys, which are where `up.json` says or, of those of `run clients`, beside it."""
        known = self.clients.get(client_id)
        if known is None:
            return None
        if known.get("client_secret"):
            jwks, certificate, key, secret = None, "", "", Path(known["client_secret"]).read_text()
        else:
            made = Path(known["registration"]).parent / "keys"
            jwks = json.loads(Path(known["jwks"] or made / f"{client_id}.jwks").read_text())
            certificate = Path(known["certificate"] or made / f"{client_id}.crt").read_text()
            key, secret = Path(known["certificate_key"] or made / f"{client_id}.key").read_text(), ""
        return Client(
            client_id=client_id,
            auth_method=known["auth_method"],
            redirect_uris=known["redirect_uris"],
            jwks=jwks,
            certificate=certificate,
            certificate_key=key,
            secret=secret,
        )
