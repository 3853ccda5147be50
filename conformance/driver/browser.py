"""What the suite's browser does on our pages, by the pages' stable element ids.

An entry is for a URL that the suite visits; its tasks go through the pages that follow. A task that is not optional
fails the module when the browser is elsewhere.
"""

from .facts import Facts
from .plans import Plan

SECONDS = 10


def script(facts: Facts) -> list[dict]:
    """The consumer signs in, allows, and arrives at the recipient."""
    return [_entry(facts, [*_sign_in(facts), _decide("allow"), _callback()])]


def scripts_by_module(plan: Plan, facts: Facts) -> dict[str, list[dict]]:
    """The modules in which something else happens."""
    if not plan.is_fapi:
        again = [_entry(facts, [*_sign_in(facts, is_kept=True), _decide("allow"), _callback()])]
        return {
            "oidcc-prompt-login": again,
            "oidcc-max-age-1": again,
            "oidcc-ensure-registered-redirect-uri": _page(facts, "invalid_request"),
        }
    family = plan.suite_name.removesuffix("-test-plan")
    # Message signing is the same modules again.
    prefix = "fapi2-security-profile-final-" if family.startswith("fapi2") else f"{family}-"
    scripts = {
        "user-rejects-authentication": [_entry(facts, [*_sign_in(facts), _decide("deny"), _callback()])],
        # Looked at, not used: so the same request may be opened again.
        "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds": [
            _entry(facts, [{"task": "look", "match": "*/portal/consent*"}], limit=1),
            *script(facts),
        ],
        "par-attempt-to-use-request_uri-for-different-client": _page(facts, "invalid_request_uri"),
    }
    if plan.variant.get("fapi_auth_request_method") == "by_value":
        for module in PAGES_OF_FAPI1_BY_VALUE:
            scripts[module] = _page(facts, "invalid_request")
    return {prefix + module: entries for module, entries in scripts.items()}


# No redirect URI is proven, so the error is told to the person (RFC9700-4.11.2).
PAGES_OF_FAPI1_BY_VALUE = [
    "ensure-registered-redirect-uri",
    "ensure-redirect-uri-in-authorization-request",
    "ensure-request-object-without-redirect-uri-fails",
]


def _page(facts: Facts, code: str) -> list[dict]:
    """An error page with that code, kept as the picture that the suite asks for."""
    look = ["wait", "id", "error-code", SECONDS, code, "update-image-placeholder"]
    return [_entry(facts, [{"task": "error page", "match": f"{_authorize(facts)}*", "commands": [look]}])]


def _entry(facts: Facts, tasks: list[dict], limit: int | None = None) -> dict:
    entry = {"match": f"{_authorize(facts)}*", "tasks": tasks}
    return entry if limit is None else {**entry, "match-limit": limit}


def _authorize(facts: Facts) -> str:
    return f"{facts.issuer}/fdx/auth/v1/authorize"


def _sign_in(facts: Facts, is_kept: bool = False) -> list[dict]:
    """`is_kept`: the page is the picture for which a module asks that makes the consumer sign in a second time."""
    username, password = facts.user
    picture = ["wait", "id", "sign-in", SECONDS, ".*", "update-image-placeholder-optional"]
    # Optional: a consumer who is signed in already comes to the decision at once.
    commands = [
        *([picture] if is_kept else []),
        ["text", "id", "username", username],
        ["text", "id", "password", password],
        ["click", "id", "sign-in"],
    ]
    return [{"task": "sign in", "optional": True, "match": "*/portal/consent?*", "commands": commands}]


def _decide(button: str) -> dict:
    click = ["click", "id", button]
    return {"task": button, "optional": True, "match": "*/portal/consent/decision*", "commands": [click]}


def _callback() -> dict:
    arrived = ["wait", "id", "submission_complete", SECONDS]
    return {"task": "callback", "match": "*/test/a/*/callback*", "commands": [arrived]}
