"""Which plans are run, with which variants, by which pair of clients."""

from dataclasses import dataclass, field, replace
from itertools import product

FAPI1 = "fapi1-advanced-final-test-plan"
FAPI2 = "fapi2-security-profile-final-test-plan"
SIGNING = "fapi2-message-signing-final-test-plan"
OIDC_CONFIG = "oidcc-config-certification-test-plan"
OIDC_BASIC = "oidcc-basic-certification-test-plan"

# As the suite writes them, by the word that is short enough for a plan's name.
METHODS = {"jwt": "private_key_jwt", "mtls": "mtls"}
OPENID = {"oauth": "plain_oauth", "openid": "openid_connect"}
REQUESTS = {"unsigned": "unsigned", "signed": "signed_non_repudiation"}
RESPONSES = {"plain": "plain_response", "jarm": "jarm"}
CONSTRAINTS = ["mtls", "dpop"]
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
    proofs: str = "PS256"
    """What DPoP proofs are signed with, where there are any."""

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
        return self.variant.get("fapi_profile") == "fapi_client_credentials_grant"

    @property
    def is_fapi(self) -> bool:
        """Whether it is of a FAPI profile, and not of OpenID Connect itself."""
        return "fapi_profile" in self.variant


def chosen(words: str) -> list[Plan]:
    """The plans whose names hold all the words; all of them for none."""
    wanted = words.split()
    return [plan for plan in _all() if all(word in plan.name.split("/") or word == plan.name for word in wanted)]


def _all() -> list[Plan]:
    return [*_client_credentials(), *_openid(), *_security(), *_signing(), *_advanced(), *_other_keys(), *_encrypted()]


def _openid() -> list[Plan]:
    return [
        Plan("oidc/config", OIDC_CONFIG, {}, "oidc"),
        Plan("oidc/basic", OIDC_BASIC, {"server_metadata": "discovery", "client_registration": "static_client"}, "oidc"),
    ]


def _client_credentials() -> list[Plan]:
    profile = "fapi_client_credentials_grant"
    return [
        _fapi2("fapi2/client-credentials", how, constraint, "oauth", profile=profile)
        for how, constraint in product(METHODS, CONSTRAINTS)
    ]


def _security() -> list[Plan]:
    return [
        _fapi2("fapi2", how, constraint, openid, kind)
        for how, constraint, openid, kind in product(METHODS, CONSTRAINTS, OPENID, ["simple", "rar"])
    ]


def _signing() -> list[Plan]:
    return [
        _fapi2(
            f"signing/{request}/{response}",
            how,
            constraint,
            openid,
            kind,
            fapi_request_method=REQUESTS[request],
            fapi_response_mode=RESPONSES[response],
        )
        for request, response, how, constraint, openid, kind in product(
            REQUESTS, RESPONSES, METHODS, CONSTRAINTS, OPENID, ["simple", "rar"]
        )
    ]


def _advanced() -> list[Plan]:
    return [
        _fapi1(f"fapi1/{how}/{arrival}/{response}", how, f"fapi1-{how}", arrival, response)
        for how, arrival, response in product(METHODS, ARRIVALS, RESPONSES)
    ]


def _other_keys() -> list[Plan]:
    """ES256 and EdDSA instead of PS256, and certificates that no authority issued; a plan or two of each family."""
    signed_jarm = {"fapi_request_method": REQUESTS["signed"], "fapi_response_mode": RESPONSES["jarm"]}
    plans = {
        "fapi2-es256": _fapi2("es256/fapi2", "jwt", "mtls", "openid", "simple"),
        "fapi2-self-signed": _fapi2("es256/fapi2", "mtls", "mtls", "oauth", "rar"),
        "fapi2-self-signed-dpop": replace(_fapi2("es256/fapi2", "mtls", "dpop", "openid", "simple"), proofs="ES256"),
        "fapi2-eddsa-dpop": replace(_fapi2("eddsa/fapi2", "jwt", "dpop", "openid", "simple"), proofs="EdDSA"),
        "fapi2-signing-es256": _fapi2("es256/signing", "jwt", "mtls", "openid", "rar", **signed_jarm),
        "fapi1-es256": _fapi1("es256/fapi1/jwt/value/plain", "jwt", "", "value", "plain"),
        "fapi1-self-signed": _fapi1("es256/fapi1/mtls/pushed/jarm", "mtls", "", "pushed", "jarm"),
    }
    return [replace(plan, pair=pair) for pair, plan in plans.items()]


def _encrypted() -> list[Plan]:
    """Clients to whom id_tokens and JARM responses are encrypted; the suite has no variant for it, and decrypts what it gets."""
    signed_jarm = {"fapi_request_method": REQUESTS["signed"], "fapi_response_mode": RESPONSES["jarm"]}
    plans = [
        _fapi1("encrypted/fapi1/jwt/pushed/plain", "jwt", "fapi1-encrypted", "pushed", "plain"),
        _fapi1("encrypted/fapi1/jwt/value/jarm", "jwt", "fapi1-encrypted", "value", "jarm"),
        _fapi2("encrypted/signing", "jwt", "mtls", "openid", "simple", **signed_jarm),
    ]
    return [*plans[:2], replace(plans[2], pair="fapi2-signing-encrypted")]


def _fapi2(
    start: str, how: str, constraint: str, openid: str, kind: str = "simple", profile: str = "plain_fapi", **more: str
) -> Plan:
    variant = {
        "client_auth_type": METHODS[how],
        "sender_constrain": constraint,
        "fapi_profile": profile,
        "openid": OPENID[openid],
        "authorization_request_type": kind,
        **more,
    }
    # A client that must sign and one that need not are two clients; so are those with and without DPoP.
    pair = "fapi2" + ("-signing" if variant.get("fapi_request_method") == REQUESTS["signed"] else "")
    pair += ("-dpop" if constraint == "dpop" else "") + f"-{how}"
    name = f"{start}/{how}/{constraint}-bound" + ("" if profile != "plain_fapi" else f"/{openid}/{kind}")
    return Plan(name, SIGNING if more else FAPI2, variant, pair)


def _fapi1(name: str, how: str, pair: str, arrival: str, response: str) -> Plan:
    variant = {
        "client_auth_type": METHODS[how],
        "fapi_profile": "plain_fapi",
        "fapi_auth_request_method": ARRIVALS[arrival],
        "fapi_response_mode": RESPONSES[response],
    }
    return Plan(name, FAPI1, variant, pair)
