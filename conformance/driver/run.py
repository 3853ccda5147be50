"""Runs one plan: its modules one after another, since those of one alias disturb each other."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from .plans import Plan
from .suite import Suite


@dataclass(frozen=True)
class Result:
    """How a module ended."""

    module: str
    result: str
    """PASSED, WARNING, REVIEW, SKIPPED, FAILED; else the status in which it stopped."""
    seconds: float
    faults: list[str]
    """Of its log: what failed or warned."""
    log: Path


def run_plan(suite: Suite, plan: Plan, settings: dict, wanted: list[str], folder: Path) -> Iterator[Result]:
    """Creates the plan and runs its modules, all of them unless some are wanted (a name may hold `*`)."""
    created = suite.create_plan(plan.suite_name, plan.variant, settings)
    logs = folder / plan.name.replace("/", "-")
    logs.mkdir(parents=True, exist_ok=True)
    for module in created["modules"]:
        name = module["testModule"]
        if wanted and not any(fnmatch(name, pattern) for pattern in wanted):
            continue
        began = time.monotonic()
        test_id, info = suite.run_module(created["id"], module)
        entries = suite.log(test_id)
        log = logs / f"{name}.json"
        log.write_text(json.dumps(entries, indent=1))
        yield Result(name, _result(info), time.monotonic() - began, _faults(entries), log)


def _result(info: dict) -> str:
    finished = info.get("status") == "FINISHED" or info.get("result") == "TIMED OUT"
    return info.get("result") or "UNKNOWN" if finished else info.get("status", "UNKNOWN")


def _faults(entries: list[dict]) -> list[str]:
    """`level check: message clauses`, in the order in which they happened."""
    found = [entry for entry in entries if entry.get("result") in {"FAILURE", "WARNING"}]
    return [
        " ".join([entry["result"], f"{entry.get('src')}:", entry.get("msg", ""), *entry.get("requirements", [])])
        for entry in found
    ]
