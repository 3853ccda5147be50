"""Which plans are run, with which variants, by which pair of clients.

A variant is not here when the platform does not offer it yet: DPoP and the plans of OpenID Connect itself.
"""

from dataclasses import dataclass, field
from itertools import product

FAPI1 = "fapi1-advanced-final-test-plan"
FAPI2 = "fapi2-security-profile-final-test-plan"
SIGNING = "fapi2-message-signing-final-test-plan"

# As the suite writes them, by the word that is short enough for a plan's name.
METHODS = {"jwt": "private_key_jwt", "mtls": "mtls"}
OPENID = {"oauth": "plain_oauth", "openid": "openid_connect"}
REQUESTS = {"unsigned": "unsigned", "signed": "signed_non_repudiation"}
RESPONSES = {"plain": "plain_response", "jarm": "jarm"}
ARRIVALS = {"value": "by_value", "pushed": "pushed"}


@dataclass(frozen=True)
class Plan:
    """One plan of the suite with one choice of its variants."""

    name: str
    """Ours: words joined by `/`."""
    suite_name: str
    variant: dict[str, str] = field(hash=False)
    pair: str
    """Whose two clients: `{pair}-1` and `{pair}-2`."""

    @property
    def is_openid(self) -> bool:
        """Whether an id_token is asked for; always in FAPI 1."""
        return self.variant.get("openid", "openid_connect") == "openid_connect"

    @property
    def is_rich(self) -> bool:
        """Whether what is asked is written as `authorization_details`."""
        return self.variant.get("authorization_request_type") == "rar"

    @property
    def is_without_consumer(self) -> bool:
        """Whether the clients act for themselves."""
        return self.variant["fapi_profile"] == "fapi_client_credentials_grant"


def chosen(words: str) -> list[Plan]:
    """The plans whose names hold all the words; all of them for none."""
    wanted = words.split()
    return [plan for plan in _all() if all(word in plan.name.split("/") or word == plan.name for word in wanted)]


def _all() -> list[Plan]:
    return [*_client_credentials(), *_security(), *_signing(), *_advanced(), *_other_keys()]


def _client_credentials() -> list[Plan]:
    return [
        _fapi2(f"fapi2/client-credentials/{how}", how, f"fapi2-{how}", "oauth", profile="fapi_client_credentials_grant")
        for how in METHODS
    ]


def _security() -> list[Plan]:
    return [
        _fapi2(f"fapi2/{how}/{openid}/{kind}", how, f"fapi2-{how}", openid, kind)
        for how, openid, kind in product(METHODS, OPENID, ["simple", "rar"])
    ]


def _signing() -> list[Plan]:
    # A client that must sign and one that need not are two clients.
    pairs = {"signed": "fapi2-signing", "unsigned": "fapi2"}
    return [
        _fapi2(
            f"signing/{how}/{request}/{response}/{openid}/{kind}",
            how,
            f"{pairs[request]}-{how}",
            openid,
            kind,
            fapi_request_method=REQUESTS[request],
            fapi_response_mode=RESPONSES[response],
        )
        for how, request, response, openid, kind in product(METHODS, REQUESTS, RESPONSES, OPENID, ["simple", "rar"])
    ]


def _advanced() -> list[Plan]:
    return [
        _fapi1(f"fapi1/{how}/{arrival}/{response}", how, f"fapi1-{how}", arrival, response)
        for how, arrival, response in product(METHODS, ARRIVALS, RESPONSES)
    ]


def _other_keys() -> list[Plan]:
    """ES256 instead of PS256, and certificates that no authority issued; one plan of each family."""
    return [
        _fapi2("es256/fapi2/jwt", "jwt", "fapi2-es256", "openid", "simple"),
        _fapi2("es256/fapi2/self-signed", "mtls", "fapi2-self-signed", "oauth", "rar"),
        _fapi2(
            "es256/signing/jwt",
            "jwt",
            "fapi2-signing-es256",
            "openid",
            "rar",
            fapi_request_method=REQUESTS["signed"],
            fapi_response_mode=RESPONSES["jarm"],
        ),
        _fapi1("es256/fapi1/jwt/value", "jwt", "fapi1-es256", "value", "plain"),
        _fapi1("es256/fapi1/self-signed/pushed", "mtls", "fapi1-self-signed", "pushed", "jarm"),
    ]


def _fapi2(name, how, pair, openid, kind="simple", profile="plain_fapi", **more) -> Plan:
    variant = {
        "client_auth_type": METHODS[how],
        "sender_constrain": "mtls",
        "fapi_profile": profile,
        "openid": OPENID[openid],
        "authorization_request_type": kind,
        **more,
    }
    return Plan(name, SIGNING if more else FAPI2, variant, pair)


def _fapi1(name, how, pair, arrival, response) -> Plan:
    variant = {
        "client_auth_type": METHODS[how],
        "fapi_profile": "plain_fapi",
        "fapi_auth_request_method": ARRIVALS[arrival],
        "fapi_response_mode": RESPONSES[response],
    }
    return Plan(name, FAPI1, variant, pair)
