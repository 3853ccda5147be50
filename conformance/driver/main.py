"""The command line."""

import argparse
import os
import sys
from pathlib import Path

from . import clients, expected, plans, report
from .configuration import Unregistered, configuration
from .facts import Facts, NotRunning
from .run import run_plan
from .suite import Suite, SuiteError

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str], usage: str) -> int:
    """Gives the exit status: 0 as expected, 1 a difference, 2 nothing could be run."""
    options = _options(arguments, usage)
    if options.command == "list":
        for plan in plans.chosen(options.plan):
            print(f"{plan.name:<45} {plan.suite_name} {plan.variant}")
        return 0
    if not options.suite:
        print("which suite? make conformance SUITE=https://...", file=sys.stderr)
        return 2
    if options.command == "clients":
        try:
            written = clients.write_all(options.folder, options.suite)
        except FileNotFoundError as missing:
            print(f"{missing.filename} is needed", file=sys.stderr)
            return 2
        print(*written, sep="\n")
        print(f"\nNow: make up SUITE={options.suite} CLIENTS={options.folder}")
        return 0
    try:
        return _run(options)
    except (NotRunning, SuiteError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    facts = Facts.read(options.facts)
    suite = Suite(options.suite, os.environ.get("SUITE_TOKEN"), os.environ.get("SUITE_CA"))
    expectations = expected.read()
    outcomes = []
    for plan in plans.chosen(options.plan):
        report.heading(plan)
        try:
            settings = configuration(plan, facts, options.suite)
        except Unregistered as missing:
            report.missing(missing)
            outcomes.append(report.Outcome(plan, [], str(missing)))
            continue
        wanted = [module for module in options.module.split(",") if module]
        results = []
        for result in run_plan(suite, plan, settings, wanted, options.results):
            expectation = expectations.of(plan, result.module)
            report.line(result, expectation)
            results.append((result, expectation))
        outcomes.append(report.Outcome(plan, results))
    if not outcomes:
        print(f"no plan is named {options.plan!r}; see: conformance/run list", file=sys.stderr)
        return 2
    return report.table(outcomes)


def _options(arguments: list[str], usage: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="conformance/run", description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", choices=["plans", "clients", "list"], default="plans")
    parser.add_argument(
        "--suite", default=os.environ.get("SUITE", ""), help="base URL of the suite; or SUITE in the environment"
    )
    parser.add_argument(
        "--plan", default=os.environ.get("PLAN", ""), help="words that a plan's name must hold; or PLAN"
    )
    parser.add_argument(
        "--module", default=os.environ.get("MODULE", ""), help="only these modules, by commas, * allowed; or MODULE"
    )
    parser.add_argument("--facts", type=Path, default=ROOT / "var/up.json", help="what `make up` wrote")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/conformance/clients", help="for `clients`")
    parser.add_argument("--results", type=Path, default=ROOT / "var/conformance/results", help="logs of the modules")
    options = parser.parse_args(arguments)
    options.suite = options.suite.rstrip("/")
    return options
