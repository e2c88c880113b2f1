"""How one run came out: what travels back from the worker and goes into result.json."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from patrolcar_sim.scenario.format import Scenario


class Verdict(Enum):
    """What a run is counted as."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_YET = "not mastered yet"
    MASTERED = "mastered now"

    @property
    def good(self) -> bool:
        """Whether it is as expected: a known gap is, and one that is closed has to be told."""
        return self in (Verdict.PASSED, Verdict.NOT_YET)


@dataclass(frozen=True)
class Judged:
    """One expectation: as the file has it, how it came out, and when to look."""

    line: int
    expected: str
    passed: bool
    measured: str
    at_s: float | None = None


@dataclass(frozen=True)
class Result:
    """One run of a scenario with one seed; `reason` in one line, empty when it passed."""

    name: str
    file: str
    title: str
    seed: int
    verdict: Verdict
    reason: str = ""
    judged: tuple[Judged, ...] = ()
    truth: dict[str, Any] = field(default_factory=dict)
    simulated_s: float = 0.0
    wall_s: float = 0.0
    folder: str = ""

    @property
    def title_line(self) -> str:
        """Which run it is."""
        return f"{self.name} seed {self.seed}"

    @property
    def repeat(self) -> str:
        """The command that does exactly this run again."""
        return repeat_command(self.file, self.seed)

    def record(self) -> dict[str, Any]:
        """For result.json: nothing of the wall's clock, so that the same run gives the same."""
        return {
            "scenario": self.name,
            "file": self.file,
            "title": self.title,
            "seed": self.seed,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "simulated_s": round(self.simulated_s, 3),
            "expectations": [
                {
                    "line": one.line,
                    "expected": one.expected,
                    "passed": one.passed,
                    "measured": one.measured,
                    "at_s": None if one.at_s is None else round(one.at_s, 3),
                }
                for one in self.judged
            ],
            "truth": self.truth,
            "repeat": self.repeat,
        }


def repeat_command(file: str, seed: int) -> str:
    """The command that runs one file with one seed."""
    return f"patrol scenario run {shlex.quote(file)} --seed {seed}"


def verdict_of(scenario: Scenario, failed: bool) -> Verdict:
    """What a run that did or did not do as expected is counted as."""
    if scenario.not_yet is None:
        return Verdict.FAILED if failed else Verdict.PASSED
    return Verdict.NOT_YET if failed else Verdict.MASTERED


def result_of(scenario: Scenario, seed: int, judged: tuple[Judged, ...], **more: Any) -> Result:
    """The result of a run that got as far as being judged."""
    wrong = [one for one in judged if not one.passed]
    verdict = verdict_of(scenario, bool(wrong))
    reason = ""
    if wrong:
        first = wrong[0]
        rest = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        reason = f"line {first.line}: {first.expected}: {first.measured}{rest}"
    if verdict is Verdict.NOT_YET:
        reason = f"{scenario.not_yet} ({reason})"
    elif verdict is Verdict.MASTERED:
        reason = "it passes: take not_yet out of the file"
    return Result(
        scenario.name, scenario.file, scenario.title, seed, verdict, reason, judged, **more
    )


def broken_result(scenario: Scenario, seed: int, reason: str, **more: Any) -> Result:
    """The result of a run that was not finished; never excused by `not_yet`."""
    return Result(
        scenario.name, scenario.file, scenario.title, seed, Verdict.FAILED, reason, **more
    )
