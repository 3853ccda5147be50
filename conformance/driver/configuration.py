"""The configuration that a plan is created with: server, clients, resource, browser."""

from urllib.parse import urlsplit

from .browser import script, scripts_by_module
from .facts import Client, Facts
from .plans import FAPI1, Plan

CLUSTERS = {"fdx:accountbasic:read": "ACCOUNT_BASIC", "fdx:transactions:read": "TRANSACTIONS"}

RICH_REQUEST = {
    "type": "fdx_v1.0",
    "consentRequest": {
        "durationType": "TIME_BOUND",
        "durationPeriod": 30,
        "lookbackPeriod": 60,
        "resources": [{"resourceType": "ACCOUNT", "dataClusters": list(CLUSTERS.values())}],
    },
}


class Unregistered(Exception):
    """The platform does not know the plan's clients, or knows them for another suite."""


def configuration(plan: Plan, facts: Facts, suite: str) -> dict:
    """The configuration of a plan, as the suite wants it."""
    first, second = (_client(plan, facts, str(number)) for number in (1, 2))
    settings = {
        "alias": _alias(first, suite),
        "description": f"Concordat, {plan.name}",
        "publish": "summary",
        "server": {"discoveryUrl": _discovery(plan, facts)},
        "client": _configured(plan, first),
        "client2": _configured(plan, second),
        "options": {"browsercontrol_css_enable": False},
        "browser": script(facts),
        "override": {module: {"browser": entries} for module, entries in scripts_by_module(plan, facts).items()},
    }
    if plan.is_fapi:
        settings |= {
            "mtls": {"cert": first.certificate, "key": first.certificate_key},
            "mtls2": {"cert": second.certificate, "key": second.certificate_key},
            "resource": {"resourceUrl": f"{facts.fdx}/core/accounts"},
        }
    else:
        settings["client_secret_post"] = _configured(plan, _client(plan, facts, "post"))
    if plan.is_rich:
        settings["resource"]["richAuthorizationRequest"] = [RICH_REQUEST]
    if plan.is_without_consumer:
        # Nothing of a consumer's is open to a client alone: it looks for notifications of its own.
        settings["resource"]["resourceUrl"] = f"{facts.fdx}/events/notifications"
    return settings


def _client(plan: Plan, facts: Facts, which: str) -> Client:
    client_id = f"{plan.pair}-{which}"
    client = facts.client(client_id)
    if client is None:
        raise Unregistered(f"{client_id} is not registered: conformance/run clients, then make up with what it says")
    return client


def _alias(client: Client, suite: str) -> str:
    """The redirect URI is `{suite}/test/a/{alias}/callback`."""
    start = f"{suite}/test/a/"
    for uri in client.redirect_uris:
        if uri.startswith(start):
            return uri.removeprefix(start).split("/")[0]
    host = urlsplit(client.redirect_uris[0]).netloc
    raise Unregistered(f"{client.client_id} is registered for the suite at {host}: make up SUITE={suite}")


def _discovery(plan: Plan, facts: Facts) -> str:
    name = "openid-configuration" if plan.is_openid else "oauth-authorization-server"
    return f"{facts.issuer}/.well-known/{name}"


def _configured(plan: Plan, client: Client) -> dict:
    if client.secret:
        return {"client_id": client.client_id, "client_secret": client.secret, "scope": "openid"}
    if plan.is_without_consumer:
        scope = "fdx:notifications:subscribe"
    else:
        scope = " ".join((["openid"] if plan.is_openid or plan.suite_name == FAPI1 else []) + list(CLUSTERS))
    return {"client_id": client.client_id, "scope": scope, "jwks": client.jwks, "dpop_signing_alg": plan.proofs}
