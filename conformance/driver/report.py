"""What is printed: a line a module as it ends, and at the end a table of the plans."""

from collections import Counter
from dataclasses import dataclass

from .expected import Expectation
from .plans import Plan
from .run import Result

COLUMNS = ["PASSED", "REVIEW", "SKIPPED"]


@dataclass(frozen=True)
class Outcome:
    """A plan that was run, or why it was not."""

    plan: Plan
    results: list[tuple[Result, Expectation]]
    not_run: str = ""

    @property
    def differences(self) -> list[tuple[Result, Expectation]]:
        """The modules that did not end as expected."""
        return [(result, wanted) for result, wanted in self.results if result.result != wanted.result]


def heading(plan: Plan) -> None:
    """A plan begins."""
    print(f"\n{plan.name}  ({plan.suite_name})", flush=True)


def missing(why: Exception) -> None:
    """A plan cannot be run."""
    print(f"  not run: {why}", flush=True)


def line(result: Result, wanted: Expectation) -> None:
    """A module has ended."""
    as_expected = result.result == wanted.result
    mark = " " if as_expected else "!"
    note = f"  ({wanted.reason})" if as_expected and wanted.reason else ""
    print(f"{mark} {result.result:<11} {result.seconds:6.1f} s  {result.module}{note}", flush=True)
    if not as_expected:
        print(f"      expected {wanted.result}; log: {result.log}")
        for fault in result.faults:
            print(f"      {fault}", flush=True)


def table(outcomes: list[Outcome]) -> int:
    """Prints the table; gives 1 when anything differs."""
    width = max(len(outcome.plan.name) for outcome in outcomes)
    print("\n" + "plan".ljust(width) + "".join(f"{column:>9}" for column in COLUMNS) + "  different")
    for outcome in outcomes:
        counted = Counter(result.result for result, _ in outcome.results)
        cells = "".join(f"{counted[column]:>9}" for column in COLUMNS)
        different = outcome.not_run or len(outcome.differences)
        print(outcome.plan.name.ljust(width) + cells + f"  {different}")
        for result, wanted in outcome.differences:
            print(f"  {result.result} instead of {wanted.result}: {result.module}")
    return 1 if any(outcome.not_run or outcome.differences for outcome in outcomes) else 0
