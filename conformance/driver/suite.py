"""The suite's REST API, as much of it as is needed. Its own documentation: `{suite}/api-document.html`."""

import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

# A module that waits this long waits for a person. The longest that none needs sleeps through a request_uri's minute.
LONGEST_SECONDS = 240

# Longest between the end of a module and its record.
RECORDED_SECONDS = 15

ENDED = {"FINISHED", "INTERRUPTED"}


class SuiteError(Exception):
    """The suite cannot be reached, or refuses."""


class Suite:
    """A suite that runs."""

    def __init__(self, base: str, token: str | None, authority: str | None):
        """`token`: an API token, none in the suite's development mode. `authority`: a PEM file, to whose certificate
        the suite's must go back; without it that is not looked at, since a suite of one's own signs itself."""
        self._base = base
        self._token = token
        self._tls = ssl.create_default_context(cafile=authority)
        if authority is None:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE

    def create_plan(self, name: str, variant: dict[str, str], configuration: dict) -> dict:
        """Gives `id` and `modules`, each with `testModule` and `variant`."""
        return self._call("POST", "plan", {"planName": name, "variant": json.dumps(variant)}, configuration)

    def run_module(self, plan_id: str, module: dict) -> tuple[str, dict]:
        """Runs a module of a plan to its end; gives its id and what the suite says of it (`status`, `result`)."""
        query = {"test": module["testModule"], "plan": plan_id}
        if module.get("variant"):
            query["variant"] = json.dumps(module["variant"])
        test_id = self._call("POST", "runner", query)["id"]
        self._wait_for(test_id, ENDED | {"CONFIGURED", "WAITING"})
        if self.info(test_id)["status"] == "CONFIGURED":
            self._call("POST", f"runner/{test_id}")
        if self._wait_for(test_id, ENDED):
            return test_id, self._recorded(test_id)
        info = self.info(test_id)
        self._call("DELETE", f"runner/{test_id}")
        return test_id, {**info, "result": "TIMED OUT"}

    def info(self, test_id: str) -> dict:
        """Status and result of a module."""
        return self._call("GET", f"info/{test_id}")

    def _recorded(self, test_id: str) -> dict:
        """What the suite says of a module that has ended; its record may say so a moment later than its runner."""
        give_up = time.monotonic() + RECORDED_SECONDS
        while True:
            info = self.info(test_id)
            if info["status"] in ENDED or time.monotonic() > give_up:
                return info
            time.sleep(0.1)

    def log(self, test_id: str) -> list[dict]:
        """The entries of a module's log."""
        return self._call("GET", f"log/{test_id}")

    def _wait_for(self, test_id: str, states: set[str]) -> bool:
        query = {"states": ",".join(sorted(states)), "timeoutMs": "20000"}
        give_up = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < give_up:
            if "state" in self._call("GET", f"runner/{test_id}/wait-state", query):
                return True
        return False

    def _call(self, method: str, path: str, query: dict | None = None, body: dict | None = None) -> Any:
        url = f"{self._base}/api/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self._tls) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            raise SuiteError(f"{method} {url}: {refused.code} {refused.read(500).decode(errors='replace')}") from None
        except OSError as problem:
            raise SuiteError(f"{method} {url}: {problem}") from None
        return json.loads(text) if text else None
