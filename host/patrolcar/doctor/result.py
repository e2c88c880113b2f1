"""What one check comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(str, Enum):
    """How a check ended; SKIPPED is no failure, and its advice says why."""

    PASS = "pass"
    FAIL = "FAIL"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Result:
    """One row of the table.

    `part` is what is broken where the check failed, else what was checked; `advice` what to look
    at on the wiring, or why the check was skipped.
    """

    check: str
    part: str
    measured: str
    verdict: Verdict
    advice: str = ""


def passed(check: str, part: str, measured: str, advice: str = "") -> Result:
    """A check that found all well."""
    return Result(check, part, measured, Verdict.PASS, advice)


def failed(check: str, part: str, measured: str, advice: str) -> Result:
    """A check that found `part` broken."""
    return Result(check, part, measured, Verdict.FAIL, advice)


def skipped(check: str, part: str, reason: str) -> Result:
    """A check that could not be made."""
    return Result(check, part, "", Verdict.SKIPPED, reason)
