"""What each module is expected to end with: PASSED, unless `expected.json` says otherwise and why."""

import json
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from .plans import Plan

FILE = Path(__file__).resolve().parents[1] / "expected.json"


@dataclass(frozen=True)
class Expectation:
    """A result, and the reason when it is not PASSED."""

    result: str = "PASSED"
    reason: str = ""


@dataclass(frozen=True)
class Expectations:
    """The rows of the file; the first that fits counts."""

    rows: list[dict]

    def of(self, plan: Plan, module: str) -> Expectation:
        """`plan` and `module` of a row may hold `*`; its `variant` names only what matters."""
        for row in self.rows:
            if (
                fnmatch(module, row["module"])
                and fnmatch(plan.name, row.get("plan", "*"))
                and row.get("variant", {}).items() <= plan.variant.items()
            ):
                return Expectation(row["result"], row["reason"])
        return Expectation()


def read() -> Expectations:
    """Reads the file."""
    return Expectations(json.loads(FILE.read_text()))
