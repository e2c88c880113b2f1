"""The doctor's results for a person, and for a program."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.table import Table

from patrolcar.doctor.result import Result, Verdict

STYLE = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.SKIPPED: "yellow"}


def table(results: Sequence[Result]) -> Table:
    """One row a check."""
    made = Table(header_style="bold", expand=False)
    made.add_column("check", no_wrap=True)
    made.add_column("measured")
    made.add_column("verdict")
    made.add_column("what to check")
    for one in results:
        verdict = f"[{STYLE[one.verdict]}]{one.verdict.value}[/]"
        made.add_row(one.check, one.measured, verdict, one.advice)
    return made


def summary(port: str, results: Sequence[Result]) -> str:
    """One line: how many passed, and which parts did not."""
    count = {verdict: sum(one.verdict == verdict for one in results) for verdict in Verdict}
    line = f"{port}: {count[Verdict.PASS]} passed, {count[Verdict.FAIL]} failed"
    if count[Verdict.SKIPPED]:
        line += f", {count[Verdict.SKIPPED]} skipped"
    broken = list(dict.fromkeys(one.part for one in results if one.verdict == Verdict.FAIL))
    return f"{line}: {', '.join(broken)}" if broken else line


def as_json(port: str, results: Sequence[Result]) -> str:
    """The same as JSON."""
    return json.dumps(
        {
            "port": port,
            "passed": not any(one.verdict == Verdict.FAIL for one in results),
            "checks": [
                {
                    "check": one.check,
                    "part": one.part,
                    "measured": one.measured,
                    "verdict": one.verdict.value,
                    "advice": one.advice,
                }
                for one in results
            ],
        },
        indent=1,
    )
